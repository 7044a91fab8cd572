import { classNameOf, type Clock, type nn } from "@lightning-ts/core";
import { GuardedLogger } from "./guarded-logger.js";
import type { FinalStatus, KeptCheckpoints, Logger } from "./logger.js";

/** So long is waited for a logger that closes. */
const MOST_CLOSING_MS = 5000;

/** All loggers of a run as one; each is guarded, so that nothing here throws because of a logger. */
export class LoggerGroup {
  readonly #report: (text: string) => void;
  #guarded: readonly GuardedLogger[];
  /** They get nothing more, and are still to be closed. */
  #left: readonly GuardedLogger[] = [];

  readonly #clock: Pick<Clock, "sleep"> | undefined;

  /**
   * @param report says what happened to a logger, one sentence or two
   * @param clock for how long closing waits for a logger; without one as long as it takes
   */
  constructor(loggers: readonly Logger[], report: (text: string) => void, clock?: Pick<Clock, "sleep">) {
    this.#report = report;
    this.#clock = clock;
    this.#guarded = loggers.map((logger) => new GuardedLogger(logger, report));
  }

  /** Other loggers from here on; those that stay go on. */
  replace(loggers: readonly Logger[]): void {
    const known = new Map([...this.#guarded, ...this.#left].map((guarded) => [guarded.logger, guarded]));
    this.#guarded = loggers.map((logger) => known.get(logger) ?? new GuardedLogger(logger, this.#report));
    this.#left = [...known.values()].filter((guarded) => !this.#guarded.includes(guarded));
  }

  get isEmpty(): boolean {
    return this.#guarded.length === 0;
  }

  /** Entries of all loggers that are lost. */
  get lostCount(): number {
    return this.#all.reduce((sum, { lostCount }) => sum + lostCount, 0);
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step?: number): void {
    for (const guarded of this.#guarded) guarded.add("logMetrics", (logger) => logger.logMetrics(metrics, step));
  }

  logHyperparams(params: Readonly<Record<string, unknown>>): void {
    for (const guarded of this.#guarded) guarded.add("logHyperparams", (logger) => logger.logHyperparams?.(params));
  }

  /** Whether a logger is to get the graph of the model. */
  get wantsGraph(): boolean {
    return this.#guarded.some(({ logger }) => logger.wantsGraph === true);
  }

  /**
   * Gives the graph of a model to those that want it. What cannot be drawn once is not tried again.
   * @returns a sentence for each logger that failed
   */
  async logGraph(model: nn.Module, input: unknown): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const { logger } of this.#guarded) {
      if (logger.wantsGraph !== true) continue;
      try {
        await logger.logGraph?.(model, input);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures.push(`The logger ${classNameOf(logger)} failed in logGraph: ${reason}`);
      }
    }
    return failures;
  }

  /** Tells loggers what a callback keeps, and waits for those that send it right away. */
  async afterSaveCheckpoint(kept: KeptCheckpoints): Promise<void> {
    for (const guarded of this.#guarded) {
      if (guarded.logger.afterSaveCheckpoint === undefined) continue;
      guarded.add("afterSaveCheckpoint", (logger) => logger.afterSaveCheckpoint?.(kept));
      await guarded.flush();
    }
  }

  async open(): Promise<void> {
    for (const guarded of this.#guarded) await guarded.open();
  }

  /** Hands over again what loggers did not take, and lets them write. */
  async save(): Promise<void> {
    for (const guarded of this.#all) await guarded.flush();
  }

  async finalize(status: FinalStatus): Promise<void> {
    for (const guarded of this.#all) {
      const mostMs = guarded.logger.closingMs ?? MOST_CLOSING_MS;
      if (this.#clock === undefined) await guarded.finalize(status);
      else if (!(await isDoneIn(this.#clock, mostMs, guarded.finalize(status)))) guarded.giveUp(mostMs);
    }
  }

  get #all(): readonly GuardedLogger[] {
    return [...this.#guarded, ...this.#left];
  }
}

/** Whether something ends in time. It is waited for no longer than that. */
async function isDoneIn(clock: Pick<Clock, "sleep">, mostMs: number, work: Promise<void>): Promise<boolean> {
  const stop = new AbortController();
  const late = clock.sleep(mostMs, stop.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    stop.abort();
  }
}
