import {
  randomId,
  removeLeftovers,
  RunIsAliveError,
  RunLock,
  type LockPorts,
  type Messages,
  type Ports,
} from "@lightning-ts/fabric";
import { SUPERVISOR_VARIABLE } from "../../checkpoint/run-journal.js";
import type { RunOfCheckpoint } from "../../checkpoint/run-of-checkpoint.js";

/** A launcher such as `mpirun` may end before the last of its ranks has: a run that is started again looks so often. */
const LOOKS = 100;
const LOOK_AGAIN_MS = 100;

/**
 * Who a run is. It keeps its id when it is resumed, in another process too, and says in the folders that it writes to
 * that it is alive.
 */
export class RunIdentity {
  readonly #ports: Ports;
  readonly #messages: Messages;
  readonly #locks = new Map<string, RunLock | undefined>();
  #id = randomId();
  #part = randomId();

  constructor(ports: Ports, messages: Messages) {
    this.#ports = ports;
    this.#messages = messages;
  }

  get id(): string {
    return this.#id;
  }

  forCheckpoint(): RunOfCheckpoint {
    return { version: 1, id: this.#id, part: this.#part };
  }

  /** Whether a file was written by this run, before it was resumed. */
  wasBefore(run: RunOfCheckpoint | undefined): boolean {
    return run !== undefined && run.id === this.#id && run.part !== this.#part;
  }

  /**
   * Goes on as the run that wrote a checkpoint. What a part of it that was killed left half written is removed where
   * this part writes too.
   * @param writesThere whether the run goes on writing to the folder of the checkpoint
   * @throws RunIsAliveError when another process is that run
   */
  async resume(run: RunOfCheckpoint | undefined, folder: string, writesThere: boolean): Promise<void> {
    if (!this.#become(run)) return;
    if (writesThere) await this.hold(folder);
    else await this.#onceOtherHasEnded(() => this.#requireOtherAlone(folder));
  }

  /**
   * Goes on as the run that an earlier start of this script was, which writes elsewhere from now on. What that one left
   * is removed.
   * @throws RunIsAliveError when another process is that run
   */
  async resumeOfScript(run: RunOfCheckpoint | undefined, folder: string): Promise<void> {
    if (!this.#become(run)) return;
    await this.hold(folder);
    await this.#locks.get(folder)?.release();
    this.#locks.delete(folder);
  }

  /** Says in a folder that this run is alive. What nobody can be told does not keep it from running. */
  async hold(folder: string): Promise<void> {
    const ports = lockPorts(this.#ports);
    if (ports === undefined || this.#locks.has(folder)) return;
    this.#locks.set(folder, undefined);
    try {
      const options = { folder, runId: this.#id };
      this.#locks.set(folder, await this.#onceOtherHasEnded(() => RunLock.take(ports, options)));
    } catch (error) {
      this.#locks.delete(folder);
      if (error instanceof RunIsAliveError) throw error;
      this.#locks.set(folder, undefined);
      this.#messages.warn(
        `lock ${folder}`,
        `Other processes cannot see that this run is alive in ${folder}: ${String(error)}`,
      );
      return;
    }
    await this.#cleanUp(ports, folder);
  }

  /** A lock that cannot be removed keeps nobody waiting once this process has ended. */
  async release(): Promise<void> {
    const locks = [...this.#locks];
    this.#locks.clear();
    for (const [folder, lock] of locks) {
      if (lock === undefined) continue;
      // Nothing is being written any more, and while the lock is there nobody else writes as this run.
      await this.#removeOwn(folder);
      try {
        await lock.release();
      } catch (error) {
        this.#messages.warn(
          `lock ${folder}`,
          `The lock of this run in ${folder} could not be removed, and counts until this process has ended: ${String(error)}`,
        );
      }
    }
  }

  /** Removes what dead processes left in a folder. What cannot be removed now is left to the next run. */
  async #cleanUp(ports: LockPorts, folder: string): Promise<void> {
    try {
      await RunLock.removeDead(ports, folder);
      await this.#removeOwn(folder);
    } catch (error) {
      // Another run may be doing the same at this moment.
      if (error instanceof RunIsAliveError) return;
      this.#messages.warn(
        `clean ${folder}`,
        `What killed runs have left in ${folder} could not be removed: ${String(error)}`,
      );
    }
  }

  /** Removes files of this run that were not written to their end: by a part that was killed, or for want of space. */
  async #removeOwn(folder: string): Promise<void> {
    try {
      if ((await this.#ports.files.stat(folder)) === undefined) return; // Somebody has removed it.
      const count = await removeLeftovers(this.#ports.files, folder, this.#id);
      if (count > 0) this.#messages.info(`Removed ${count} half-written file(s) of this run from ${folder}.`);
    } catch (error) {
      this.#messages.warn(
        `leftovers ${folder}`,
        `Half-written files of this run in ${folder} could not be removed: ${String(error)}`,
      );
    }
  }

  /** Under a supervisor, which starts a run again once it has seen it end, waits for a part that still is ending. */
  async #onceOtherHasEnded<TResult>(attempt: () => Promise<TResult>): Promise<TResult> {
    const { clock, environment } = this.#ports;
    const isSupervised = environment.get(SUPERVISOR_VARIABLE) !== undefined;
    for (let look = 1; isSupervised && look < LOOKS; look += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof RunIsAliveError)) throw error;
        await clock.sleep(LOOK_AGAIN_MS);
      }
    }
    return attempt();
  }

  /** @returns false where nobody knows which run it was */
  #become(run: RunOfCheckpoint | undefined): boolean {
    this.#part = randomId();
    if (run !== undefined) this.#id = run.id;
    return run !== undefined;
  }

  /** A run that begins anew elsewhere may do so in this process, which knows what it does; but not beside another. */
  async #requireOtherAlone(folder: string): Promise<void> {
    const ports = lockPorts(this.#ports);
    if (ports === undefined) return;
    const holder = await RunLock.holder(ports, { folder, runId: this.#id });
    if (holder === undefined) return;
    const own = await ports.processes.own();
    if (holder.processId !== own.processId || holder.started !== own.started || holder.hostName !== own.hostName)
      throw new RunIsAliveError(folder, holder);
  }
}

function lockPorts({ files, clock, processes }: Ports): LockPorts | undefined {
  return processes === undefined ? undefined : { files, clock, processes };
}
