import { isPlainObject, type FileSystem } from "@lightning-ts/core";
import { rankZeroOnly, type LoadedTree, type Ports } from "@lightning-ts/fabric";
import { readRunOf } from "./run-of-checkpoint.js";

/** A checkpoint that a fit has written. */
export interface JournalEntry {
  /** Which fit of its process; 1 for the first. */
  readonly fit: number;
  readonly step: number;
  /** The part of the run between two starts. */
  readonly part: string;
  readonly path: string;
}

/** Path of the journal. */
export const JOURNAL_VARIABLE = "LT_RUN_JOURNAL";
/** The program that starts ranks, where `lightning run` has started that. */
export const LAUNCHER_VARIABLE = "LT_RUN_LAUNCHER";
/** Number of the process that reads it, and that passes signals on. */
export const SUPERVISOR_VARIABLE = "LT_SUPERVISOR";

/**
 * The file in which a script that `lightning run` started writes down its checkpoints, one a line: when the script is
 * started again, each of its fits goes on from the newest of them.
 */
export class RunJournal {
  readonly #files: FileSystem;
  readonly #path: string;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /**
   * The journal of this process; undefined where `lightning run` did not start it, or started one that started it.
   * Where that was a launcher, such as `mpirun`, the journal is rank 0's.
   */
  static of({ environment, files, processes }: Ports): RunJournal | undefined {
    const path = environment.get(JOURNAL_VARIABLE);
    const isOwn =
      environment.get(LAUNCHER_VARIABLE) === undefined
        ? processes?.isChildOf(Number(environment.get(SUPERVISOR_VARIABLE))) === true
        : isRankZero();
    return path === undefined || !isOwn ? undefined : new RunJournal(files, path);
  }

  async add({ fit, step, part, path }: JournalEntry): Promise<void> {
    const file = await this.#files.open(this.#path, "append");
    try {
      await file.write(new TextEncoder().encode(`${JSON.stringify({ fit, step, part, path })}\n`));
    } finally {
      await file.close();
    }
  }

  /** The newest first. */
  async entries(): Promise<JournalEntry[]> {
    if ((await this.#files.stat(this.#path)) === undefined) return [];
    const text = new TextDecoder().decode(await this.#files.readFile(this.#path));
    return text
      .split("\n")
      .map(readEntry)
      .filter((entry) => entry !== undefined)
      .reverse();
  }
}

const isRankZero: () => boolean = rankZeroOnly(() => true, false);

/** Whether a file is still what the journal says: it may have been replaced since, or not have been written at all. */
export function isEntry(tree: LoadedTree, { part, step }: JournalEntry): boolean {
  return readRunOf(tree)?.part === part && tree["global_step"] === step;
}

/** @returns undefined for half a line, which a process that was killed has left */
function readEntry(line: string): JournalEntry | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isPlainObject(read)) return undefined;
  const { fit, step, part, path } = read;
  if (typeof fit !== "number" || typeof step !== "number" || typeof part !== "string" || typeof path !== "string")
    return undefined;
  return { fit, step, part, path };
}
