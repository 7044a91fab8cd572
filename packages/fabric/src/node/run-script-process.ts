import { MisconfigurationError } from "@lightning-ts/core";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join, resolve, sep } from "node:path";
import type { Leash } from "./ranks/leash.js";
import { linuxCalls } from "./ranks/linux-calls.js";

/** Signals that are the script's, not this program's. */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"] as const;
/** Those among them that ask for an end. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);
/** What shells add to the number of a signal that ended a process. */
const ENDED_BY_SIGNAL = 128;

export interface ScriptToRun {
  readonly script: string;
  readonly args: readonly string[];
  /** Environment variables beside those of this process. */
  readonly variables: Readonly<Record<string, string>>;
  /** Modules that are loaded before the script, as URLs. */
  readonly imports?: readonly string[] | undefined;
}

/** A program that starts a script's ranks. */
export interface LauncherToRun extends Pick<ScriptToRun, "args" | "variables"> {
  readonly program: string;
}

/** How a script ended. */
export interface ScriptEnd {
  /** Its exit code; 128 + the signal's number where a signal ended it. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: string | undefined;
  /** A signal that this process got and passed on, which is why the script ended. */
  readonly asked: NodeJS.Signals | undefined;
}

/**
 * Runs a script in a process of its own, with this one's streams, loaders and options of Node. TypeScript goes through
 * tsx. `LT_SUPERVISOR` tells the script who passes signals on to it.
 * @throws MisconfigurationError where there is no such script
 */
export async function runScriptProcess(run: ScriptToRun): Promise<ScriptEnd> {
  const path = requireScript(run.script);
  const imports = (run.imports ?? []).flatMap((url) => ["--import", url]);
  const scriptArguments = nodeArguments(path, run.args, import.meta.resolve("tsx"));
  return runProcess(process.execPath, [...process.execArgv, ...imports, ...scriptArguments], run.variables);
}

/**
 * Runs a program that is on the search path, such as `mpirun`, as `runScriptProcess` runs a script. Its arguments name
 * Node and the script. On Linux it is asked to end when this process ends in whatever way, and takes its ranks along.
 * Each launcher has a code of its own for a signal that stopped it, and Hydra's can be 0: here it is the signal's.
 */
export async function runLauncherProcess(run: LauncherToRun): Promise<ScriptEnd> {
  const end = await runProcess(run.program, run.args, run.variables, await leashToLauncher());
  const { asked } = end;
  return asked !== undefined && ENDING.has(asked) ? { ...end, code: exitCodeOf(asked) } : end;
}

/** None where C functions cannot be called: the launcher then outlives a process that is killed. */
async function leashToLauncher(): Promise<Leash | undefined> {
  try {
    return (await linuxCalls()).createLeash();
  } catch {
    return undefined;
  }
}

async function runProcess(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  leash?: Leash,
): Promise<ScriptEnd> {
  const child = spawn(program, args, {
    stdio: ["inherit", "inherit", "inherit", ...(leash === undefined ? [] : [leash.descriptor])],
    env: { ...process.env, ...variables, LT_SUPERVISOR: String(process.pid) },
  });
  if (child.pid !== undefined) leash?.tie(child.pid, "SIGTERM");
  let asked: NodeJS.Signals | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    asked ??= signal;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise<ScriptEnd>((done, fail) => {
      child.once("error", fail);
      child.once("exit", (code, signal) =>
        done({ code: code ?? exitCodeOf(signal), signal: signal ?? undefined, asked }),
      );
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

/** Whether a name stands for a program of the search path, and for no file here. */
export function isProgram(name: string): boolean {
  if (name.includes(sep) || existsSync(resolve(name))) return false;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) => existsSync(join(folder, name)));
}

/** @returns the script's path @throws MisconfigurationError where there is none, or Node cannot run it */
export function requireScript(script: string): string {
  const path = resolve(script);
  if (!existsSync(path))
    throw new MisconfigurationError({ code: "LIT_SCRIPT", message: `There is no script at ${path}.` });
  if (!/\.[cm]?[jt]sx?$/.test(path))
    throw new MisconfigurationError({
      code: "LIT_SCRIPT",
      message: `Node cannot run ${script}.`,
      expected: "a JavaScript or TypeScript file",
    });
  return path;
}

/** Node's arguments that run the script. */
export function nodeArguments(script: string, args: readonly string[], tsxUrl: string): string[] {
  const loader = /\.([cm]?ts|tsx|jsx)$/.test(script) ? ["--import", tsxUrl] : [];
  return [...loader, script, ...args];
}

function exitCodeOf(signal: NodeJS.Signals | null): number {
  return ENDED_BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]);
}
