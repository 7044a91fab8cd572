import { requireList, requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type LRSchedulerState, type ScheduleSettings } from "./lr-scheduler.js";
import { ratesOfAll, readSchedulerState, statesOf } from "./read-scheduler-state.js";
import { rememberSchedule } from "./remember-schedule.js";

export interface ChainedSchedulerOptions {
  /** All of one optimizer. */
  readonly schedulers: readonly LRScheduler[];
}

export interface ChainedSchedulerState {
  readonly version: 1;
  readonly lastLr: readonly number[];
  readonly schedulers: readonly LRSchedulerState[];
}

/**
 * Steps several schedulers of one optimizer together: each changes the rate that the one before has left.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const warmUp = new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.1, totalIters: 2 });
 * const decay = new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 });
 * const scheduler = new optim.lrScheduler.ChainedScheduler(optimizer, { schedulers: [warmUp, decay] });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.025], of which each scheduler gave its factor
 * ```
 */
export class ChainedScheduler {
  readonly optimizer: Optimizer;
  readonly #schedulers: readonly LRScheduler[];
  #lastLr: readonly number[];

  constructor(optimizer: Optimizer, options: ChainedSchedulerOptions, ...more: readonly never[]) {
    requireOptimizer("ChainedScheduler", optimizer);
    rejectUnknownOptions("ChainedScheduler", options, ["schedulers"]);
    refuseMore("ChainedScheduler", more);
    const { schedulers } = options;
    requireList("ChainedScheduler", "schedulers", schedulers);
    const other = schedulers.findIndex((one) => !(one instanceof LRScheduler) || one.optimizer !== optimizer);
    if (schedulers.length === 0 || other !== -1)
      throw new MisconfigurationError({
        message: "ChainedScheduler cannot take these schedulers.",
        expected: "at least one scheduler of the same optimizer, none that needs a metric",
        received: other === -1 ? "none" : `${schedulers[other]?.constructor.name} at position ${other}`,
      });
    this.optimizer = optimizer;
    this.#schedulers = [...schedulers];
    this.#lastLr = optimizer.paramGroups.map(({ lr }) => lr);
  }

  /** Steps of the last scheduler so far. */
  get lastEpoch(): number {
    return this.#schedulers.at(-1)?.lastEpoch ?? 0;
  }

  get settings(): ScheduleSettings {
    return { schedule: "ChainedScheduler", schedulers: this.#schedulers.map(({ settings }) => settings ?? null) };
  }

  step(): void {
    rememberSchedule(this);
    for (const scheduler of this.#schedulers) scheduler.step();
    this.#lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  /** The rates that were set last, one for each group. */
  getLastLr(): readonly number[] {
    return this.#lastLr;
  }

  stateDict(): ChainedSchedulerState {
    return { version: 1, lastLr: this.#lastLr, schedulers: this.#schedulers.map((one) => one.stateDict()) };
  }

  loadStateDict(state: ChainedSchedulerState): void {
    const count = this.#schedulers.length;
    const { lastLr, schedulers } = readSchedulerState(
      "ChainedScheduler",
      state,
      `version 1 with lastLr and ${count} schedulers`,
      { lastLr: ratesOfAll(1), schedulers: statesOf<LRSchedulerState>(count) },
    );
    for (const [i, saved] of schedulers.entries()) this.#schedulers[i]?.loadStateDict(saved);
    this.#lastLr = [...lastLr];
  }
}
