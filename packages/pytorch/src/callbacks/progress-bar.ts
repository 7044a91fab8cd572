import { classNameOf, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../errors/bad-option.js";
import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { type BarLook, metricTexts, plainLook } from "../display/bar-look.js";
import type { ColorDepth } from "../display/rich-style.js";
import { StageBars } from "../display/stage-bars.js";
import type { StepOutput } from "../words/step-output.js";

export interface ProgressBarOptions {
  /** Batches between two updates on a terminal, at least `refreshMs` apart; 0 shows nothing. @default 1 */
  readonly refreshRate?: number | undefined;
  /** Milliseconds between two updates on a terminal. @default 100 */
  readonly refreshMs?: number | undefined;
  /** Milliseconds between two readings of the metrics, which may wait for the device. @default 500 */
  readonly metricsMs?: number | undefined;
  /** Milliseconds between two lines where the output is no terminal. @default 30000 */
  readonly lineMs?: number | undefined;
  /** Whether the bar of an epoch stays on the screen when the next one begins. @default true */
  readonly leave?: boolean | undefined;
}

/** What a bar is drawn on. */
export interface BarScreen {
  readonly columns: number;
  /** Colours in bits; 1 for none. */
  readonly colorDepth: ColorDepth;
}

/**
 * Shows how far a run is. On a terminal a bar is redrawn at the bottom, with a second one for a validation in between,
 * and what the program prints comes to stand above it; elsewhere there are plain lines, one for each epoch, and one now
 * and then. Metrics logged with `progBar: true` stand behind or below it; a subclass chooses others in `getMetrics`,
 * and other words in `trainDescription` and its like. Ranks other than 0 show nothing.
 * @example
 * ```ts
 * import { ProgressBar, type Trainer } from "@lightning-ts/pytorch";
 *
 * class WithoutVersion extends ProgressBar {
 *   override getMetrics(trainer: Trainer) {
 *     const { v_num: _, ...metrics } = super.getMetrics(trainer);
 *     return metrics;
 *   }
 * }
 * console.log(new WithoutVersion({ refreshMs: 500 }).stateKey);
 * ```
 */
export class ProgressBar extends Callback {
  readonly #options: WholeOptions;
  #isEnabled = true;
  #trainer: Trainer | undefined;
  #bars: StageBars | undefined;
  /** Of the loader that is read now, in the stages that know several. */
  #dataloaderIdx = 0;
  /** Batches of the epoch so far. */
  #done = 0;
  /** Training has begun, and no epoch yet. */
  #isStarting = false;

  constructor(options: ProgressBarOptions = {}) {
    super();
    rejectUnknownOptions("ProgressBar", options, ["refreshRate", "refreshMs", "metricsMs", "lineMs", "leave"]);
    const { refreshRate = 1, refreshMs = 100, metricsMs = 500, lineMs = 30_000, leave = true } = options;
    if (!Number.isSafeInteger(refreshRate) || refreshRate < 0)
      throw badOption("ProgressBar", "refreshRate", "a whole number of batches, or 0 to show nothing", refreshRate);
    this.#options = { refreshRate, refreshMs, metricsMs, lineMs, leave };
  }

  /** Whether it shows anything. */
  get isEnabled(): boolean {
    return this.#isEnabled && this.#options.refreshRate > 0;
  }

  /** Shows the bar again. */
  enable(): void {
    this.#isEnabled = true;
  }

  /** Shows no bar from now on. */
  disable(): void {
    this.#isEnabled = false;
  }

  /** Prints above the bar, on rank 0, as `trainer.print` does. */
  print(...values: readonly unknown[]): void {
    this.trainer.print(...values);
  }

  /** What stands behind the bar: the logger's version (the last four characters of a text), and the logged metrics. */
  getMetrics(trainer: Trainer, _module?: LightningModule): Record<string, number | string> {
    const { version } = trainer.logger ?? {};
    return {
      ...(version === undefined ? {} : { v_num: typeof version === "string" ? version.slice(-4) : version }),
      ...trainer.progressBarMetrics,
    };
  }

  /** What stands before the bar while it trains. @default the epoch, and the last one where that is known */
  get trainDescription(): string {
    const { currentEpoch, maxEpochs } = this.trainer;
    return `Epoch ${currentEpoch}${maxEpochs > 0 && Number.isFinite(maxEpochs) ? `/${maxEpochs - 1}` : ""}`;
  }
  get sanityCheckDescription(): string {
    return "Sanity check";
  }
  get validationDescription(): string {
    return "Validating";
  }
  get testDescription(): string {
    return "Testing";
  }
  get predictDescription(): string {
    return "Predicting";
  }

  /** Batches of the epoch; fewer where `maxSteps` alone ends the run within it. `Infinity` where nobody knows. */
  get totalTrainBatches(): number {
    const { accumulateGradBatches, globalStep, maxEpochs, maxSteps, numTrainingBatches } = this.trainer;
    if (maxEpochs !== -1 || !(maxSteps > 0)) return numTrainingBatches;
    const windowStart = this.#done - (this.#done % accumulateGradBatches);
    return Math.min(numTrainingBatches, windowStart + (maxSteps - globalStep) * accumulateGradBatches);
  }
  /** Batches of the loader that is read in a validation or sanity check. */
  get totalValBatchesCurrentDataloader(): number {
    const { numSanityValBatches, numValBatches, sanityChecking } = this.trainer;
    return (sanityChecking ? numSanityValBatches : numValBatches)[this.#dataloaderIdx] ?? 0;
  }
  get totalTestBatchesCurrentDataloader(): number {
    return this.trainer.numTestBatches[this.#dataloaderIdx] ?? 0;
  }
  get totalPredictBatchesCurrentDataloader(): number {
    return this.trainer.numPredictBatches[this.#dataloaderIdx] ?? 0;
  }

  /** The Trainer whose run it shows. @throws MisconfigurationError before its first run */
  protected get trainer(): Trainer {
    if (this.#trainer !== undefined) return this.#trainer;
    throw new MisconfigurationError({
      message: `This ${classNameOf(this)} has seen no run yet.`,
      tryThis: "give it to a Trainer, and ask in a hook.",
    });
  }

  /** How the bars look; subclasses change it. */
  protected look({ colorDepth }: BarScreen): BarLook {
    return plainLook(colorDepth);
  }

  /** Batches between two drawings on a terminal. */
  protected batchesBetween(_trainer: Trainer): number {
    return this.#options.refreshRate;
  }

  /** What the bars are drawn on. */
  protected screen(trainer: Trainer): BarScreen {
    const { columns, colorDepth = 4, hasColors } = trainer.ports.terminal;
    return { columns, colorDepth: hasColors ? colorDepth : 1 };
  }

  override setup(trainer: Trainer): void {
    this.#trainer = trainer;
    const { clock, terminal } = trainer.ports;
    const look = (): BarLook => this.look(this.screen(trainer));
    const bars = new StageBars({
      ...this.#options,
      refreshRate: this.batchesBetween(trainer),
      ...{ clock, terminal, look },
      columns: () => this.screen(trainer).columns,
      readMetrics: () => metricTexts(this.getMetrics(trainer, trainer.module), look()),
      isShown: () => this.isEnabled && trainer.isGlobalZero,
    });
    this.#bars = bars;
    trainer.printThrough((line) => bars.printAbove(line));
  }

  override teardown(trainer: Trainer): void {
    [this.#done, this.#isStarting] = [0, false];
    this.#bars?.end();
    trainer.printThrough(undefined);
  }

  override onTrainStart(_trainer: Trainer): void {
    this.#isStarting = true;
  }
  override onTrainEpochStart(_trainer: Trainer): void {
    [this.#done, this.#isStarting] = [0, false];
    this.#bars?.begin(this.trainDescription, this.totalTrainBatches);
  }
  override onTrainBatchEnd(
    _trainer: Trainer,
    _module: LightningModule,
    _outputs: StepOutput,
    _batch: unknown,
    batchIdx: number,
  ): void {
    this.#done = batchIdx + 1;
    // A run that is resumed within an epoch hears nothing of its start.
    if (this.#isStarting) this.#bars?.begin(this.trainDescription, this.totalTrainBatches, this.#done);
    this.#isStarting = false;
    this.#bars?.advance(batchIdx + 1);
  }
  override onTrainEpochEnd(trainer: Trainer): void {
    this.#done = 0;
    this.#bars?.readMetrics();
    this.#bars?.finish(this.#options.leave || isLastEpoch(trainer));
  }

  override onValidationStart(trainer: Trainer): void {
    const { numEvaluationBatches, numSanityValBatches, numValBatches, sanityChecking, stage } = trainer;
    if (stage === "validate") this.#bars?.begin(this.validationDescription, numEvaluationBatches);
    else if (sanityChecking) this.#bars?.beginInner(this.sanityCheckDescription, total(numSanityValBatches));
    else this.#bars?.beginInner(this.validationDescription, total(numValBatches));
  }
  override onValidationBatchStart(...args: EvaluationBatchArguments): void {
    const { numSanityValBatches, numValBatches, sanityChecking } = args[0];
    this.#beginBatch(args[4], sanityChecking ? numSanityValBatches : numValBatches);
  }
  override onValidationBatchEnd(_trainer: Trainer): void {
    this.#bars?.advance();
  }
  override onValidationEnd(trainer: Trainer): void {
    this.#bars?.forgetReading();
    if (trainer.stage === "validate") this.#end();
    else this.#bars?.endInner();
  }

  override onTestStart(trainer: Trainer): void {
    this.#bars?.begin(this.testDescription, trainer.numEvaluationBatches);
  }
  override onTestBatchStart(...args: EvaluationBatchArguments): void {
    this.#beginBatch(args[4], args[0].numTestBatches);
  }
  override onTestBatchEnd(_trainer: Trainer): void {
    this.#bars?.advance();
  }
  override onTestEnd(_trainer: Trainer): void {
    this.#end();
  }

  override onPredictStart(trainer: Trainer): void {
    this.#bars?.begin(this.predictDescription, trainer.numEvaluationBatches);
  }
  override onPredictBatchStart(...args: EvaluationBatchArguments): void {
    this.#beginBatch(args[4], args[0].numPredictBatches);
  }
  override onPredictBatchEnd(_trainer: Trainer): void {
    this.#bars?.advance();
  }
  override onPredictEnd(_trainer: Trainer): void {
    this.#end();
  }

  /** A stage is over, and its bar stays with all that was logged in it. */
  #end(): void {
    this.#bars?.readMetrics();
    this.#bars?.finish(true);
  }

  /** @param batches of each loader */
  #beginBatch(dataloaderIdx: number, batches: readonly number[]): void {
    this.#dataloaderIdx = dataloaderIdx;
    if (batches.length > 1) this.#bars?.beginLoader(`DataLoader ${dataloaderIdx}`, batches[dataloaderIdx] ?? 0);
  }
}

type WholeOptions = { readonly [TName in keyof ProgressBarOptions]-?: NonNullable<ProgressBarOptions[TName]> };

/** What hooks around a batch of an evaluation get. */
type EvaluationBatchArguments = [
  trainer: Trainer,
  module: LightningModule,
  batch: unknown,
  batchIdx: number,
  dataloaderIdx: number,
];

function total(batches: readonly number[]): number {
  return batches.reduce((sum, count) => sum + count, 0);
}

function isLastEpoch({ currentEpoch, maxEpochs, shouldStop }: Trainer): boolean {
  return shouldStop || currentEpoch + 1 === maxEpochs;
}
