import type { GraphRunner, RunTicket } from "../contract/graph-runner.js";
import type { Flush, RunOfNodes } from "./flush.js";
import type { LazyNode } from "./lazy-node.js";
import type { Run } from "./run.js";

export interface FlushQueueOptions {
  readonly runner: Pick<GraphRunner, "hasEnded" | "join" | "wait">;
  /** All runs of a flush have gone well. */
  readonly onCommit: (flush: Flush) => void;
  /** A run has come to nothing, and with it everything that was started since; all of that has ended. */
  readonly onFailure: (failed: readonly Flush[], culprit: RunOfNodes, cause: unknown) => void;
}

/**
 * The flushes in flight, oldest first. One that fails takes all with it that were started before the failure was known.
 */
export class FlushQueue {
  readonly #options: FlushQueueOptions;
  #inFlight: Flush[] = [];
  /** Failures of one recovery that nobody has heard of yet: hearing of one is enough. */
  #reported: unknown[] = [];

  constructor(options: FlushQueueOptions) {
    this.#options = options;
  }

  /** Flushes that are not settled. */
  get length(): number {
    return this.#inFlight.length;
  }

  /** The flush that was started last, unless it is settled. */
  get last(): Flush | undefined {
    return this.#inFlight.at(-1);
  }

  /** The flush before the last one, which a caller should wait for before it records more. */
  get previous(): Flush | undefined {
    return this.#inFlight.at(-2);
  }

  open(flush: Flush): void {
    this.#inFlight.push(flush);
  }

  add(flush: Flush, ticket: RunTicket, nodes: readonly LazyNode[], checks: readonly number[]): RunOfNodes {
    const run: RunOfNodes = { ticket, flushId: flush.id, nodes, checks, isSettled: false, isSound: false };
    flush.runs.push(run);
    return run;
  }

  /** Takes note of what has ended, without waiting. */
  settleEnded(): void {
    for (let run = this.#oldest(); run !== undefined && this.#options.runner.hasEnded(run.ticket); run = this.#oldest())
      this.#join(run);
  }

  /**
   * Blocks until `run` and all before it have ended. Their failures show in the data that they should have computed.
   */
  join(run: Run): void {
    for (let oldest = this.#oldest(); !run.isSettled && oldest !== undefined; oldest = this.#oldest())
      this.#join(oldest);
  }

  joinFlush(flush: Flush): void {
    for (let oldest = this.#oldest(); !flush.isSettled && oldest !== undefined; oldest = this.#oldest())
      this.#join(oldest);
  }

  /** Blocks until everything that was started has ended. */
  joinAll(): void {
    const { last } = this;
    if (last !== undefined) this.joinFlush(last);
  }

  /** `joinAll` with the event loop free. */
  async waitAll(): Promise<void> {
    const { last } = this;
    if (last !== undefined) await this.waitFlush(last);
  }

  /** Like `join` with the event loop free. */
  async wait(run: Run): Promise<void> {
    if (!run.isSettled) await this.#waitUntilEnded(run);
    this.join(run);
  }

  async waitFlush(flush: Flush): Promise<void> {
    const last = flush.isSettled ? undefined : this.#lastRunUpTo(flush);
    if (last !== undefined) await this.#waitUntilEnded(last);
    this.joinFlush(flush);
  }

  /** All runs of a flush have been started; an empty one is done with that. */
  seal(flush: Flush): void {
    flush.isStarted = true;
    this.#commitEnded();
  }

  /** A failure that was found before its run could start. What was started of its flush has to end first. */
  abort(flush: Flush): void {
    this.#inFlight = this.#inFlight.filter((other) => other !== flush);
    flush.isSettled = true;
    for (const run of flush.runs) if (!run.isSettled) this.#endQuietly(run);
  }

  /** @param isRelated whether it was found while an earlier failure was taken back */
  report(failure: unknown, isRelated: boolean): void {
    if (isRelated || this.#reported.length === 0) this.#reported.push(failure);
  }

  /** The first failure that nobody has heard of yet; asking makes it known. */
  takeFailure(): unknown {
    const [failure] = this.#reported;
    this.#reported = [];
    return failure;
  }

  /** Somebody hears of a failure in another way. */
  markHeard(failure: unknown): void {
    if (this.#reported.includes(failure)) this.#reported = [];
  }

  #oldest(): RunOfNodes | undefined {
    for (const flush of this.#inFlight) for (const run of flush.runs) if (!run.isSettled) return run;
    return undefined;
  }

  #join(run: RunOfNodes): void {
    try {
      this.#options.runner.join(run.ticket);
    } catch (cause) {
      this.#fail(run, cause);
      return;
    }
    this.#settle(run);
  }

  /** Runs end in the order in which they were started, so that one wake-up is enough for all up to this one. */
  async #waitUntilEnded(run: Run): Promise<void> {
    try {
      await this.#options.runner.wait(run.ticket);
    } catch {
      // Joining the runs one after the other finds the first that failed, and this one's turn.
    }
  }

  #lastRunUpTo(flush: Flush): Run | undefined {
    let last: Run | undefined;
    for (const other of this.#inFlight) {
      last = other.runs.at(-1) ?? last;
      if (other === flush) break;
    }
    return last;
  }

  #settle(run: Run): void {
    if (run.isSettled) return;
    run.isSettled = true;
    run.isSound = true;
    this.#commitEnded();
  }

  #commitEnded(): void {
    for (
      let flush = this.#inFlight[0];
      flush?.isStarted === true && flush.runs.every(({ isSettled }) => isSettled);
      flush = this.#inFlight[0]
    ) {
      this.#inFlight.shift();
      flush.isSettled = true;
      this.#options.onCommit(flush);
    }
  }

  #fail(run: RunOfNodes, cause: unknown): void {
    if (run.isSettled) return;
    run.isSettled = true;
    const first = this.#inFlight.findIndex(({ id }) => id === run.flushId);
    const failed = this.#inFlight.splice(Math.max(0, first));
    for (const flush of failed) {
      flush.isSettled = true;
      for (const other of flush.runs) if (!other.isSettled) this.#endQuietly(other);
    }
    this.#options.onFailure(failed, run, cause);
  }

  /**
   * Waits for a run whose flush has failed; the executor passes over it, unless it was the first of its epoch to go
   * wrong.
   */
  #endQuietly(run: Run): void {
    run.isSettled = true;
    try {
      this.#options.runner.join(run.ticket);
      run.isSound = true;
    } catch {
      // The failure that took it along is the one to tell.
      run.isSound = false;
    }
  }
}
