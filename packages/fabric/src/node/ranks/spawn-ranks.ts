import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SpawnedFunctionError } from "../../errors/spawned-function-error.js";
import { nodeArguments } from "../run-script-process.js";
import { linuxCalls } from "./linux-calls.js";
import { isRankOfParent } from "./rank-process.js";
import { CALL_VARIABLE, describeSpawned, readOutcome, writeCall } from "./spawned-call.js";
import { optionsOfNode } from "./options-of-node.js";

/** Options of `spawnRanks`. */
export interface SpawnRanksOptions {
  /** The function's name among the module's exports. @default "default" */
  readonly name?: string | undefined;
  /** What the function is called with, on each rank. Data alone: no functions, tensors or models. @default [] */
  readonly args?: readonly unknown[] | undefined;
  /** Ends the processes. */
  readonly signal?: AbortSignal | undefined;
  /** Options of Node for the processes. @default those of this process */
  readonly execArgv?: readonly string[] | undefined;
}

const OPTION_NAMES = ["name", "args", "signal", "execArgv"];

/**
 * Runs a function of a module file in processes of its own, which may train on several ranks, and gives back what it
 * returned on rank 0: `ddp` for notebooks and tests, where there is no script that could be run again. The function
 * makes its own Fabric or Trainer (`devices: 2`), and runs on every rank. What it prints on rank 0 is printed here.
 * @param module the file's URL, e.g. `new URL("./train.js", import.meta.url)`
 * @throws SpawnedFunctionError where the function failed, or a rank did; the signal's reason where that was aborted
 * @example
 * ```ts
 * import { spawnRanks } from "@lightning-ts/fabric/node";
 *
 * // train.js has: export async function train(lr) { … new Trainer({ devices: 2, strategy: "ddp" }) … return loss; }
 * export const loss = () => spawnRanks(new URL("./train.js", import.meta.url), { name: "train", args: [0.1] });
 * ```
 */
export async function spawnRanks(module: URL | string, options: SpawnRanksOptions = {}): Promise<unknown> {
  rejectUnknownOptions("spawnRanks", options, OPTION_NAMES);
  refuseInside();
  const { name = "default", args = [], signal } = options;
  const call = { url: urlOf(module), name, args };
  signal?.throwIfAborted();
  const { createLeash } = await linuxCalls();
  const folder = mkdtempSync(join(tmpdir(), "lightning-ranks-"));
  try {
    writeCall(folder, call);
    const how = await ended(start(call.url, folder, createLeash(), options), signal);
    const outcome = readOutcome(folder);
    if (outcome?.isDone === false) {
      const { error } = outcome;
      throw new SpawnedFunctionError({ call: describeSpawned(call), how: String(error), cause: error });
    }
    if (how !== undefined) throw new SpawnedFunctionError({ call: describeSpawned(call), how });
    if (outcome === undefined)
      throw new SpawnedFunctionError({ call: describeSpawned(call), how: "the process exited before it returned" });
    return outcome.result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(
  url: string,
  folder: string,
  leash: ReturnType<Awaited<ReturnType<typeof linuxCalls>>["createLeash"]>,
  { execArgv }: SpawnRanksOptions,
): ChildProcess {
  const runner = runnerPath();
  // A TypeScript file, or this package's own source, goes through tsx.
  const isTyped = /\.([cm]?ts|tsx|jsx)$/.test(url) || runner.endsWith(".ts");
  const [loader = "", tsx = ""] = isTyped ? nodeArguments(".ts", [], import.meta.resolve("tsx")) : [];
  const child = spawn(process.execPath, [...(execArgv ?? optionsOfNode()), ...(isTyped ? [loader, tsx] : []), runner], {
    stdio: ["ignore", "pipe", "pipe", ...(leash === undefined ? [] : [leash.descriptor])],
    env: { ...process.env, [CALL_VARIABLE]: folder },
  });
  if (child.pid !== undefined) leash?.tie(child.pid, "SIGKILL");
  // Not inherited: what stands in for these streams in a notebook shows it, too.
  child.stdout?.on("data", (bytes: Buffer) => process.stdout.write(bytes));
  child.stderr?.on("data", (bytes: Buffer) => process.stderr.write(bytes));
  return child;
}

/** The script that all ranks run. */
function runnerPath(): string {
  try {
    const path = fileURLToPath(import.meta.resolve("@lightning-ts/fabric/run-module"));
    if (existsSync(path)) return path;
  } catch {
    // There is no such package.
  }
  throw new MisconfigurationError({
    code: "LIT_RANKS",
    message: "spawnRanks needs the file @lightning-ts/fabric/run-module, and it is not beside this program.",
    tryThis: 'leave lightning-ts out of the bundle (external), or start a script with `strategy: "ddp"`.',
  });
}

/** @returns undefined where the process ended well, otherwise how */
async function ended(child: ChildProcess, signal: AbortSignal | undefined): Promise<string | undefined> {
  const abort = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", abort);
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => resolve(`it could not be started: ${error.message}`));
      child.once("exit", (code, by) =>
        resolve(code === 0 ? undefined : by === null ? `it exited with code ${code}` : `it was ended by ${by}`),
      );
    });
    signal?.throwIfAborted();
    return how;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** @throws MisconfigurationError in a process that is one of several ranks, or was started to run a function */
function refuseInside(): void {
  const isSpawned = process.env[CALL_VARIABLE] !== undefined;
  if (!isSpawned && !isRankOfParent()) return;
  throw new MisconfigurationError({
    code: "LIT_RANKS",
    message: "spawnRanks was called in one of the processes that train together.",
    expected: isSpawned ? "a module that calls it nowhere while it is loaded, nor in the function" : "one process",
    tryThis: "put the function into a module file of its own, which does not import the one that calls spawnRanks.",
  });
}

function urlOf(module: URL | string): string {
  if (module instanceof URL) return module.href;
  if (typeof module === "string" && URL.canParse(module)) return module;
  throw new MisconfigurationError({
    code: "LIT_RANKS",
    message: "spawnRanks needs the URL of a module file.",
    expected: 'new URL("./train.js", import.meta.url)',
    received: describeValue(module),
    ...(typeof module === "function" && {
      tryThis: "export the function from a file; it cannot be sent to a process.",
    }),
  });
}
