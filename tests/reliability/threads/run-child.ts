import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Case } from "./case.js";

/** Which cases run at a size. */
export interface Turn {
  readonly size: number;
  readonly repetitions: number;
  /** Cases whose name has this in it. */
  readonly only: string | undefined;
}

export interface ChildTask {
  /** `undefined` for as many as the process sees. */
  readonly threads: number | undefined;
  readonly turns: readonly Turn[];
  /** For the values of what may differ. */
  readonly folder: string;
}

export interface ChildResult {
  readonly name: string;
  readonly size: number;
  readonly bits: Case["bits"];
  /** One for each repetition. */
  readonly hashes: readonly string[];
  /** Where the values are of what may differ. */
  readonly file: string | undefined;
  readonly error: string | undefined;
}

const CHILD_TIMEOUT_MS = 20 * 60_000;

/** Runs all cases in a process of its own, on one CPU if asked to. */
export async function runChild(task: ChildTask, isPinned: boolean): Promise<ChildResult[]> {
  const node = [
    process.execPath,
    "--conditions=lightning-ts-source",
    "--import",
    "tsx",
    fileURLToPath(new URL("child.ts", import.meta.url)),
    JSON.stringify(task),
  ];
  const [command = "", ...words] = isPinned ? ["taskset", "-c", "0", ...node] : node;
  const { stdout } = await promisify(execFile)(command, words, {
    timeout: CHILD_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as ChildResult);
}
