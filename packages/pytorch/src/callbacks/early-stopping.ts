import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";
import type { EarlyStoppingCallback, StoppingReason } from "../contract/known-callbacks.js";
import { readEarlyStoppingState } from "./early-stopping-state.js";
import { judgeMetric } from "./judge-metric.js";
import { describeMissingMetric } from "./missing-metric.js";

/** Options of `new EarlyStopping()`. */
export interface EarlyStoppingOptions {
  /** Metric to watch, e.g. `"val_loss"`. */
  readonly monitor: string;
  /** An improvement must be larger than this. @default 0 */
  readonly minDelta?: number | undefined;
  /** Stop after so many checks without improvement. @default 3 */
  readonly patience?: number | undefined;
  readonly verbose?: boolean | undefined;
  /** @default "min" */
  readonly mode?: "min" | "max" | undefined;
  /** Fail when the metric is missing; otherwise go on. @default true */
  readonly strict?: boolean | undefined;
  /** Stop at NaN and infinities. @default true */
  readonly checkFinite?: boolean | undefined;
  /** Stop at once when the metric is better than this: it is good enough. */
  readonly stoppingThreshold?: number | undefined;
  /** Stop at once when the metric is worse than this: it is hopeless. */
  readonly divergenceThreshold?: number | undefined;
  /** Check at the end of the training epoch instead of after validation. @default decided from when validation runs */
  readonly checkOnTrainEpochEnd?: boolean | undefined;
}

const OPTION_NAMES = [
  "monitor",
  "minDelta",
  "patience",
  "verbose",
  "mode",
  "strict",
  "checkFinite",
  "stoppingThreshold",
  "divergenceThreshold",
  "checkOnTrainEpochEnd",
] as const satisfies readonly (keyof EarlyStoppingOptions)[];

/**
 * Stops training when a metric no longer improves.
 * @example
 * ```ts
 * import { EarlyStopping, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new EarlyStopping({ monitor: "val_loss", patience: 5 })] });
 * ```
 */
export class EarlyStopping extends Callback implements EarlyStoppingCallback {
  static override readonly stateName: string = "EarlyStopping";

  override readonly monitorsMetrics: boolean = true;
  readonly monitor: string;
  readonly mode: "min" | "max";
  /** Taken from the options, never from a checkpoint, so that it can be changed on resume. */
  readonly patience: number;
  waitCount = 0;
  /** Epoch in which training stopped; 0 when it did not. */
  stoppedEpoch = 0;
  bestScore: number;
  stoppingReason: StoppingReason = "notStopped";
  stoppingReasonMessage = "";
  readonly #options: EarlyStoppingOptions;
  #hasSaidLater = false;

  constructor(options: EarlyStoppingOptions) {
    super();
    rejectUnknownOptions("EarlyStopping", options, OPTION_NAMES);
    checkOptions(options);
    this.#options = options;
    this.monitor = options.monitor;
    this.mode = options.mode ?? "min";
    this.patience = options.patience ?? 3;
    this.bestScore = this.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  override get stateKey(): string {
    return `${super.stateKey}${JSON.stringify({ monitor: this.monitor, mode: this.mode })}`;
  }

  override onTrainEpochEnd(trainer: Trainer): void {
    if (this.#checksOnTrainEpochEnd(trainer)) this.#check(trainer);
  }

  override onValidationEnd(trainer: Trainer): void {
    if (!this.#checksOnTrainEpochEnd(trainer)) this.#check(trainer);
  }

  override stateDict(): Record<string, unknown> {
    const { waitCount, stoppedEpoch, bestScore, stoppingReason, stoppingReasonMessage } = this;
    return { version: 1, waitCount, stoppedEpoch, bestScore, stoppingReason, stoppingReasonMessage };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const { waitCount, stoppedEpoch, bestScore, stoppingReason, stoppingReasonMessage } = readEarlyStoppingState(state);
    this.waitCount = waitCount;
    this.stoppedEpoch = stoppedEpoch;
    this.bestScore = bestScore;
    this.stoppingReason = stoppingReason;
    this.stoppingReasonMessage = stoppingReasonMessage;
  }

  #checksOnTrainEpochEnd(trainer: Trainer): boolean {
    return this.#options.checkOnTrainEpochEnd ?? trainer.validatesAtEpochEndOnly;
  }

  #check(trainer: Trainer): void {
    if (trainer.fastDevRun > 0 || trainer.stage !== "fit" || trainer.sanityChecking) return;
    const current = trainer.readMetric(this.monitor);
    if (current === undefined) return this.#reportMissing(trainer);
    const verdict = judgeMetric(current, {
      ...this.#options,
      mode: this.mode,
      patience: this.patience,
      bestScore: this.bestScore,
      waitCount: this.waitCount,
    });
    this.bestScore = verdict.bestScore;
    this.waitCount = verdict.waitCount;
    if (this.#options.verbose === true && verdict.message !== "") trainer.say(`EarlyStopping: ${verdict.message}`);
    if (verdict.reason === "notStopped") return;
    if (!isHeard(trainer)) return this.#sayLater(trainer, verdict.message);
    this.stoppedEpoch = trainer.currentEpoch;
    this.stoppingReason = verdict.reason;
    this.stoppingReasonMessage = verdict.message;
    trainer.stop(`EarlyStopping: ${verdict.message}`);
  }

  /**
   * Says that training goes on for now. The metric may get better until a wish to stop counts, so it is looked at again
   * then.
   */
  #sayLater(trainer: Trainer, message: string): void {
    if (this.#hasSaidLater) return;
    this.#hasSaidLater = true;
    const { minEpochs, minSteps } = trainer;
    trainer.say(`EarlyStopping: ${message} Training goes on until minEpochs ${minEpochs} and minSteps ${minSteps}.`);
  }

  #reportMissing(trainer: Trainer): void {
    // Another rank may lack what rank 0 logs with `rankZeroOnly`; the wish of one rank stops all.
    if (!trainer.isGlobalZero) return;
    const missing = describeMissingMetric("EarlyStopping", this.monitor, trainer.callbackMetrics);
    if (this.#options.strict !== false) throw new MisconfigurationError({ code: "LIT_MONITOR", ...missing });
    trainer.warn(
      `early stopping ${this.monitor}`,
      `EarlyStopping watches "${this.monitor}", which was not logged; it is not checked.`,
    );
  }
}

/** Whether a wish to stop counts at the end of this epoch. */
function isHeard({ currentEpoch, globalStep, minEpochs, minSteps }: Trainer): boolean {
  return currentEpoch + 1 >= minEpochs && globalStep >= minSteps;
}

function checkOptions({
  monitor,
  mode = "min",
  patience = 3,
  minDelta = 0,
  stoppingThreshold = 0,
  divergenceThreshold = 0,
}: EarlyStoppingOptions): void {
  const problems: string[] = [];
  if (typeof monitor !== "string" || monitor === "")
    problems.push(`monitor must be the name of a metric, received ${describeValue(monitor)}`);
  if (mode !== "min" && mode !== "max") problems.push(`mode must be "min" or "max", received ${describeValue(mode)}`);
  if (!Number.isInteger(patience) || patience < 0)
    problems.push(`patience must be a whole number of at least 0, received ${describeValue(patience)}`);
  if (!(minDelta >= 0)) problems.push(`minDelta must be a number of at least 0, received ${describeValue(minDelta)}`);
  for (const [name, threshold] of Object.entries({ stoppingThreshold, divergenceThreshold })) {
    if (typeof threshold !== "number" || Number.isNaN(threshold))
      problems.push(`${name} must be a number, received ${describeValue(threshold)}`);
  }
  if (problems.length > 0)
    throw new MisconfigurationError({
      code: "LIT_EARLY_STOPPING",
      message: `EarlyStopping cannot be made: ${problems.join("; ")}.`,
    });
}
