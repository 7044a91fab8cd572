import type { Ports } from "../ports/ports.js";
import { LockFiles, runsWithLocks, type LockContent } from "./lock-files.js";
import { RunIsAliveError } from "./run-is-alive-error.js";
import { removeLeftovers } from "./temporary-files.js";

/** The file of a lock grows by a sign of life this often. */
const BEAT_MS = 20_000;
/** Without a sign of life for so long, a process that nobody can ask for is taken for dead. */
const SILENCE_MS = 150_000;
/** Several that try at once get past each other in a few rounds. */
const MOST_ROUNDS = 100;

/** Files of locks that this process has given up and could not remove. */
const abandoned = new Set<string>();

/** What a lock needs of the outside world. */
export type LockPorts = Pick<Ports, "files" | "clock"> & { readonly processes: NonNullable<Ports["processes"]> };

export interface RunLockOptions {
  readonly folder: string;
  readonly runId: string;
}

/**
 * Says in a folder that a run is alive, and which process it is. The lock of a process that is dead, or whose number
 * another process has by now, is taken over: by making the file with the next number, which one process alone can.
 */
export class RunLock {
  readonly #locks: LockFiles;
  readonly #number: number;
  readonly #end = new AbortController();

  private constructor(locks: LockFiles, number: number) {
    this.#locks = locks;
    this.#number = number;
  }

  /** @throws RunIsAliveError when another process holds it, or this one does */
  static async take(ports: LockPorts, options: RunLockOptions): Promise<RunLock> {
    const locks = new LockFiles(ports.files, options);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const newest = await locks.newest();
      if (newest !== undefined) await requireDead(ports, options, locks, newest);
      const number = (newest ?? -1) + 1;
      const owner = await ports.processes.own();
      const isMine = await locks.create(number, { ...owner, version: 1, startedMs: ports.clock.wallTimeMs() });
      if (!isMine) continue;
      // Whoever was slow may have made a number that was held and given up long ago.
      if (((await locks.newest()) ?? number) > number) {
        await locks.remove(number);
        continue;
      }
      await locks.removeBelow(number);
      const lock = new RunLock(locks, number);
      void lock.#beat(ports);
      return lock;
    }
    throw new RunIsAliveError(options.folder, undefined);
  }

  /** The process that holds the lock of a run in a folder; undefined where none does. */
  static async holder(ports: LockPorts, options: RunLockOptions): Promise<LockContent | undefined> {
    const locks = new LockFiles(ports.files, options);
    const newest = await locks.newest();
    if (newest === undefined || abandoned.has(locks.path(newest))) return undefined;
    const found = await locks.read(newest);
    return found?.content !== undefined && (await isAlive(ports, found)) ? found.content : undefined;
  }

  /**
   * Removes what saves of other runs left in a folder when their processes died, checkpoints not included. Only runs of
   * this machine whose process is known to be dead are touched, and those that died before their lock said whose it is:
   * that one is old.
   */
  static async removeDead(ports: LockPorts, folder: string): Promise<void> {
    for (const runId of await runsWithLocks(ports.files, folder)) {
      const locks = new LockFiles(ports.files, { folder, runId });
      const newest = await locks.newest();
      const found = newest === undefined ? undefined : await locks.read(newest);
      if (found === undefined || !(await isKnownDead(ports, found))) continue;
      const lock = await RunLock.take(ports, { folder, runId });
      await removeLeftovers(ports.files, folder, runId);
      await lock.release();
    }
  }

  /** Where the file cannot be removed, this process at least takes it for given up. */
  async release(): Promise<void> {
    this.#end.abort();
    abandoned.add(this.#locks.path(this.#number));
    await this.#locks.remove(this.#number);
    abandoned.delete(this.#locks.path(this.#number));
  }

  async #beat({ clock }: LockPorts): Promise<void> {
    const { signal } = this.#end;
    try {
      while (!signal.aborted) {
        await clock.sleep(BEAT_MS, signal);
        // A disk that is full now may take the next sign of life.
        await this.#locks.touch(this.#number).catch(() => undefined);
      }
    } catch {
      // The lock was given up.
    }
  }
}

interface FoundLock {
  readonly content: LockContent | undefined;
  readonly modifiedMs: number;
}

async function requireDead(
  ports: LockPorts,
  { folder }: RunLockOptions,
  locks: LockFiles,
  number: number,
): Promise<void> {
  if (abandoned.has(locks.path(number))) return;
  const found = await locks.read(number);
  if (found !== undefined && (await isAlive(ports, found))) throw new RunIsAliveError(folder, found.content);
}

async function isKnownDead(ports: LockPorts, found: FoundLock): Promise<boolean> {
  if (found.content === undefined) return !(await isAlive(ports, found));
  return (await ports.processes.isRunning(found.content)) === false;
}

/** A file that says nothing yet is just being written, unless it is old. */
async function isAlive({ clock, processes }: LockPorts, { content, modifiedMs }: FoundLock): Promise<boolean> {
  const known = content === undefined ? undefined : await processes.isRunning(content);
  return known ?? clock.wallTimeMs() - modifiedMs < SILENCE_MS;
}
