import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { perGroup } from "./per-group.js";
import type { ScheduleSettings } from "./lr-scheduler.js";
import { isCount, isFloat } from "../../errors/saved-numbers.js";
import { ratesOfAll, readSchedulerState } from "./read-scheduler-state.js";
import { rememberSchedule } from "./remember-schedule.js";

export interface ReduceLROnPlateauOptions {
  /** Whether a smaller or a larger metric is better. @default "min" */
  readonly mode?: "min" | "max" | undefined;
  /** @default 0.1 */
  readonly factor?: number | undefined;
  /** Steps without improvement that are let pass. @default 10 */
  readonly patience?: number | undefined;
  /** What counts as an improvement. @default 0.0001 */
  readonly threshold?: number | undefined;
  /** Whether the threshold is a share of the best value or a difference. @default "rel" */
  readonly thresholdMode?: "rel" | "abs" | undefined;
  /** Steps after a reduction in which nothing is counted. @default 0 */
  readonly cooldown?: number | undefined;
  /** Lowest rate; one for all groups, or one each. @default 0 */
  readonly minLr?: number | readonly number[] | undefined;
  /** Smaller reductions are left out. @default 1e-8 */
  readonly eps?: number | undefined;
}

export interface ReduceLROnPlateauState {
  readonly version: 1;
  /** Null before the first metric. */
  readonly best: number | null;
  readonly numBadEpochs: number;
  readonly cooldownCounter: number;
  readonly lastEpoch: number;
  readonly lastLr: readonly number[];
}

const KNOWN = ["mode", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minLr", "eps"];

/**
 * Multiplies the learning rate by `factor` when a metric has not improved for more than `patience` steps. Behaviour of
 * torch 2.x.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.1 });
 * for (const loss of [1, 0.9, 0.9, 0.9]) scheduler.step(loss);
 * console.log(scheduler.getLastLr()); // [0.01]
 * ```
 */
export class ReduceLROnPlateau {
  readonly optimizer: Optimizer;
  readonly #options: {
    readonly [TKey in keyof ReduceLROnPlateauOptions]-?: NonNullable<ReduceLROnPlateauOptions[TKey]>;
  };
  #best: number | undefined;
  #numBadEpochs = 0;
  #cooldownCounter = 0;
  #lastEpoch = 0;
  #lastLr: readonly number[];

  constructor(optimizer: Optimizer, options: ReduceLROnPlateauOptions = {}, ...more: readonly never[]) {
    requireOptimizer("ReduceLROnPlateau", optimizer);
    rejectUnknownOptions("ReduceLROnPlateau", options, KNOWN);
    refuseMore("ReduceLROnPlateau", more);
    const {
      mode = "min",
      factor = 0.1,
      patience = 10,
      threshold = 1e-4,
      thresholdMode = "rel",
      cooldown = 0,
      minLr = 0,
      eps = 1e-8,
    } = options;
    checkChoice("mode", mode, ["min", "max"]);
    checkChoice("thresholdMode", thresholdMode, ["rel", "abs"]);
    for (const [name, value] of Object.entries({ threshold, cooldown, eps }))
      checkNumber("ReduceLROnPlateau", name, value);
    checkNumber("ReduceLROnPlateau", "factor", factor, 0, 1);
    checkNumber("ReduceLROnPlateau", "patience", patience);
    perGroup("ReduceLROnPlateau", "minLr", optimizer, minLr);
    this.optimizer = optimizer;
    this.#options = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps };
    this.#lastLr = optimizer.paramGroups.map(({ lr }) => lr);
  }

  /** @param metric the value to watch, e.g. the validation loss */
  step(metric: number): void {
    if (typeof metric !== "number")
      throw new MisconfigurationError({
        message: "ReduceLROnPlateau needs a metric.",
        expected: "step(metric) with a number",
        received: String(metric),
      });
    rememberSchedule(this);
    this.#lastEpoch += 1;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#numBadEpochs = 0;
    } else {
      this.#numBadEpochs += 1;
    }
    if (this.#cooldownCounter > 0) {
      this.#cooldownCounter -= 1;
      this.#numBadEpochs = 0;
    }
    if (this.#numBadEpochs > this.#options.patience) {
      this.#reduce();
      this.#cooldownCounter = this.#options.cooldown;
      this.#numBadEpochs = 0;
    }
    this.#lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  get settings(): ScheduleSettings {
    return { schedule: "ReduceLROnPlateau", ...this.#options };
  }

  /** The rates after the last step, one for each group. */
  getLastLr(): readonly number[] {
    return this.#lastLr;
  }

  stateDict(): ReduceLROnPlateauState {
    return {
      version: 1,
      best: this.#best ?? null,
      numBadEpochs: this.#numBadEpochs,
      cooldownCounter: this.#cooldownCounter,
      lastEpoch: this.#lastEpoch,
      lastLr: this.#lastLr,
    };
  }

  loadStateDict(state: ReduceLROnPlateauState): void {
    const { best, numBadEpochs, cooldownCounter, lastEpoch, lastLr } = readSchedulerState(
      "ReduceLROnPlateau",
      state,
      "version 1 with best, numBadEpochs, cooldownCounter, lastEpoch and lastLr",
      { best: isBest, numBadEpochs: isCount, cooldownCounter: isCount, lastEpoch: isCount, lastLr: ratesOfAll(1) },
    );
    this.#best = best ?? undefined;
    this.#numBadEpochs = numBadEpochs;
    this.#cooldownCounter = cooldownCounter;
    this.#lastEpoch = lastEpoch;
    this.#lastLr = [...lastLr];
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const best = this.#best ?? (mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
    if (mode === "min") return metric < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
    return metric > (thresholdMode === "rel" ? best * (1 + threshold) : best + threshold);
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#options;
    this.optimizer.paramGroups.forEach((group, i) => {
      const lowest = typeof minLr === "number" ? minLr : (minLr[i] ?? 0);
      const reduced = Math.max(group.lr * factor, lowest);
      if (group.lr - reduced > eps) group.lr = reduced;
    });
  }
}

/** The value that was the best; a run may have seen none, or an infinite one. */
function isBest(value: unknown): value is number | null {
  return value === null || isFloat(value) || value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new MisconfigurationError({
    message: `ReduceLROnPlateau's ${name} is not usable.`,
    expected: choices.map((choice) => JSON.stringify(choice)).join(" or "),
    received: describeValue(value),
  });
}
