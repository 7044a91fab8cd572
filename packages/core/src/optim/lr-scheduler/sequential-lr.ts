import { requireList, requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type LRSchedulerState, type ScheduleSettings } from "./lr-scheduler.js";
import { isCount } from "../../errors/saved-numbers.js";
import { readSchedulerState, statesOf } from "./read-scheduler-state.js";
import { rememberSchedule } from "./remember-schedule.js";

export interface SequentialLROptions {
  /** One after another, all of the same optimizer. */
  readonly schedulers: readonly LRScheduler[];
  /** The step at which each following scheduler takes over. */
  readonly milestones: readonly number[];
  /** Steps that were taken before, less one. The schedulers count for themselves. @default -1 */
  readonly lastEpoch?: number | undefined;
}

export interface SequentialLRState {
  readonly version: 1;
  readonly lastEpoch: number;
  readonly schedulers: readonly LRSchedulerState[];
}

/**
 * Runs schedulers one after another, e.g. a linear warm-up and then a cosine.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const warmUp = new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const cosine = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 95 });
 * const scheduler = new optim.lrScheduler.SequentialLR(optimizer, { schedulers: [warmUp, cosine], milestones: [5] });
 * scheduler.step();
 * console.log(scheduler.getLastLr());
 * ```
 */
export class SequentialLR {
  readonly optimizer: Optimizer;
  readonly #schedulers: readonly LRScheduler[];
  readonly #milestones: readonly number[];
  #lastEpoch: number;
  #lastLr: readonly number[];

  constructor(optimizer: Optimizer, options: SequentialLROptions, ...more: readonly never[]) {
    requireOptimizer("SequentialLR", optimizer);
    rejectUnknownOptions("SequentialLR", options, ["schedulers", "milestones", "lastEpoch"]);
    refuseMore("SequentialLR", more);
    const { schedulers, milestones, lastEpoch = -1 } = options;
    requireList("SequentialLR", "schedulers", schedulers);
    requireList("SequentialLR", "milestones", milestones);
    const isOrdered = milestones.every((milestone, i) => milestone > (milestones[i - 1] ?? -1));
    if (schedulers.length !== milestones.length + 1 || !isOrdered) {
      throw new MisconfigurationError({
        message: "SequentialLR's schedulers and milestones do not fit together.",
        expected: "one milestone fewer than schedulers, in rising order",
        received: `${schedulers.length} schedulers, milestones [${milestones.join(", ")}]`,
      });
    }
    if (schedulers.some((scheduler) => !(scheduler instanceof LRScheduler) || scheduler.optimizer !== optimizer)) {
      throw new MisconfigurationError({
        message: "SequentialLR cannot take these schedulers.",
        expected: "schedulers of the same optimizer that need no metric",
      });
    }
    if (!Number.isInteger(lastEpoch) || lastEpoch < -1)
      throw new MisconfigurationError({
        message: "SequentialLR cannot go on from this step.",
        expected: "lastEpoch -1, or a step",
        received: String(lastEpoch),
      });
    this.optimizer = optimizer;
    this.#lastEpoch = lastEpoch + 1;
    this.#schedulers = schedulers;
    this.#milestones = milestones;
    for (const group of optimizer.paramGroups) group.lr = group.initialLr ?? group.lr;
    for (const scheduler of schedulers) scheduler.rewind();
    // As in PyTorch, the scheduler of step 0 sets the first rates, wherever the sequence goes on from.
    const first = this.#at(0);
    first.begin();
    this.#lastLr = first.getLastLr();
  }

  /** Steps so far. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  get settings(): ScheduleSettings {
    return {
      schedule: "SequentialLR",
      milestones: this.#milestones,
      schedulers: this.#schedulers.map(({ settings }) => settings ?? null),
    };
  }

  step(): void {
    rememberSchedule(this);
    this.#lastEpoch += 1;
    const scheduler = this.#at(this.#lastEpoch);
    if (this.#milestones.includes(this.#lastEpoch)) scheduler.restart();
    else scheduler.step();
    this.#lastLr = scheduler.getLastLr();
  }

  getLastLr(): readonly number[] {
    return this.#lastLr;
  }

  stateDict(): SequentialLRState {
    return {
      version: 1,
      lastEpoch: this.#lastEpoch,
      schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()),
    };
  }

  loadStateDict(state: SequentialLRState): void {
    const count = this.#schedulers.length;
    const { lastEpoch, schedulers } = readSchedulerState(
      "SequentialLR",
      state,
      `version 1 with lastEpoch and ${count} schedulers`,
      { lastEpoch: isCount, schedulers: statesOf<LRSchedulerState>(count) },
    );
    schedulers.forEach((saved, i) => this.#schedulers[i]?.loadStateDict(saved));
    this.#lastEpoch = lastEpoch;
    this.#lastLr = this.#at(lastEpoch).getLastLr();
  }

  #at(step: number): LRScheduler {
    const index = this.#milestones.filter((milestone) => milestone <= step).length;
    for (const scheduler of this.#schedulers.slice(index)) return scheduler;
    throw new RangeError("a sequence without schedulers");
  }
}
