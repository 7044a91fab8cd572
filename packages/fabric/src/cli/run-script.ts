import { MisconfigurationError } from "@lightning-ts/core";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { nodeArguments, runVariables, type RunFlags } from "./run-plan.js";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGUSR1"] as const;

/**
 * Runs the script in a process of its own, with this one's streams.
 * @returns its exit code; 128 + the signal's number when a signal ended it
 */
export async function runScript(script: string, scriptArguments: readonly string[], flags: RunFlags): Promise<number> {
  const path = resolve(script);
  if (!existsSync(path))
    throw new MisconfigurationError({ code: "LIT_SCRIPT", message: `There is no script at ${path}.` });
  const nodeArgs = [...process.execArgv, ...nodeArguments(path, scriptArguments, import.meta.resolve("tsx"))];
  const child = spawn(process.execPath, nodeArgs, {
    stdio: "inherit",
    env: { ...process.env, ...runVariables(flags) },
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise<number>((done, fail) => {
      child.once("error", fail);
      child.once("exit", (code, signal) => done(code ?? exitCodeOf(signal)));
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

function exitCodeOf(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  };
  return 128 + (signal === null ? 0 : (numbers[signal] ?? 0));
}
