import type { Connection, Logger, Ports } from "@lightning-ts/fabric";
import type { Callback } from "../contract/callback.js";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import { isValidationDue } from "../run/loops/validation-in-fit.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { ResolvedScheduler } from "../words/scheduler-config.js";
import type { OwnedParts } from "../run/session/owned-parts.js";
import type { RunningStage, Stage, TrainerStatus } from "../words/stages.js";

/** What a Trainer shows of itself and of the run that is under way, and the few wishes that hooks can have. */
export abstract class TrainerView {
  /** All callbacks, default ones included. */
  callbacks: readonly Callback[];
  /** Batches per optimizer step; may be changed between epochs. */
  accumulateGradBatches: number;
  maxSteps: number;
  /** Batches of a training epoch; `Infinity` when unknown. */
  numTrainingBatches = 0;
  numEvaluationBatches = 0;
  /** The checkpoint that the current or last run was started from. */
  ckptPath: string | undefined;
  readonly loggers: readonly Logger[];
  protected readonly parts: OwnedParts;
  /** Undefined until a fit decides. */
  protected epochLimit: number | undefined;

  protected constructor(
    parts: OwnedParts,
    onlookers: { readonly callbacks: readonly Callback[]; readonly loggers: readonly Logger[] },
  ) {
    this.parts = parts;
    this.callbacks = onlookers.callbacks;
    this.loggers = onlookers.loggers;
    this.accumulateGradBatches = parts.plan.accumulateGradBatches;
    this.maxSteps = parts.plan.maxSteps;
    this.epochLimit = parts.plan.maxEpochs;
  }

  // What is going on.
  get stage(): Stage | undefined {
    return this.parts.state.stage;
  }
  get runningStage(): RunningStage | undefined {
    return this.parts.state.runningStage;
  }
  get status(): TrainerStatus {
    return this.parts.state.status;
  }
  get training(): boolean {
    return this.parts.state.runningStage === "train";
  }
  get validating(): boolean {
    return this.parts.state.runningStage === "validate";
  }
  get testing(): boolean {
    return this.parts.state.runningStage === "test";
  }
  get predicting(): boolean {
    return this.parts.state.runningStage === "predict";
  }
  get sanityChecking(): boolean {
    return this.parts.state.runningStage === "sanityCheck";
  }
  get evaluating(): boolean {
    return this.validating || this.testing || this.sanityChecking;
  }
  /** The last run was stopped by Ctrl-C, a signal, or an error. */
  get interrupted(): boolean {
    return this.parts.state.status === "interrupted";
  }

  // Counters, with Lightning's definitions.
  /** Completed steps of all optimizers. */
  get globalStep(): number {
    return this.parts.state.cursor.globalStep;
  }
  /** Epochs whose end hooks have run. */
  get currentEpoch(): number {
    return this.parts.state.cursor.epoch;
  }
  /** Accumulation windows that closed: the x axis of the loggers. */
  get batchesThatStepped(): number {
    return this.parts.state.cursor.batchesThatStepped;
  }
  /** Training batches seen in all epochs. */
  get batchesSeen(): number {
    return this.parts.state.cursor.totalBatches;
  }
  get isLastBatch(): boolean {
    return this.parts.state.isLastBatch;
  }
  get maxEpochs(): number {
    return this.epochLimit ?? -1;
  }
  set maxEpochs(maxEpochs: number) {
    this.epochLimit = maxEpochs;
  }
  /**
   * Optimizer steps that the whole fit will take, for schedulers that must know; `Infinity` when nobody does.
   * In `configureOptimizers` it asks for the training loaders early.
   */
  async estimatedSteppingBatches(): Promise<number> {
    const batches =
      this.parts.current.fit === undefined
        ? ((await this.parts.current.session?.sources.loadAhead("train"))?.totalCount ?? 0)
        : this.numTrainingBatches;
    const perEpoch = Math.ceil(batches / this.accumulateGradBatches);
    const total = this.maxEpochs === -1 ? Number.POSITIVE_INFINITY : perEpoch * Math.max(1, this.maxEpochs);
    return this.maxSteps === -1 ? total : Math.min(total, this.maxSteps);
  }

  /** Set it in any hook: training stops at the next safe point, once `minEpochs` and `minSteps` are reached. */
  get shouldStop(): boolean {
    return this.parts.state.shouldStop;
  }
  set shouldStop(shouldStop: boolean) {
    this.parts.state.shouldStop = shouldStop;
  }
  /** Sets `shouldStop` and says why. */
  stop(reason: string): void {
    this.parts.state.shouldStop = true;
    this.parts.state.stopReason = reason;
  }

  // Metrics. Reading a dictionary may wait for the device.
  get callbackMetrics(): Record<string, number> {
    this.parts.current.session?.logging.refresh();
    return this.parts.published.callback.toRecord();
  }
  get loggedMetrics(): Record<string, number> {
    this.parts.current.session?.logging.refresh();
    return this.parts.published.logged.toRecord();
  }
  get progressBarMetrics(): Record<string, number> {
    this.parts.current.session?.logging.refresh();
    return this.parts.published.progressBar.toRecord();
  }
  /** One of `callbackMetrics`, without reading the others. */
  readMetric(name: string): number | undefined {
    this.parts.current.session?.logging.refresh();
    return this.parts.published.callback.read(name);
  }

  // Parts.
  get module(): LightningModule | undefined {
    return this.parts.current.module;
  }
  get datamodule(): LightningDataModule | undefined {
    return this.parts.current.session?.datamodule;
  }
  /** The training loaders as they were given. */
  get trainDataloader(): unknown {
    return this.parts.current.fit?.trainData.original;
  }
  /** The validation loaders as they were given; known once they are needed. */
  get valDataloaders(): unknown {
    return this.parts.current.fit?.loadedValidation?.original;
  }
  get optimizers(): readonly LightningOptimizer[] {
    return this.parts.current.fit?.stepper.optimizers ?? [];
  }
  get lrSchedulerConfigs(): readonly ResolvedScheduler[] {
    return this.parts.current.fit?.optimizers.schedulers ?? [];
  }
  get logger(): Logger | undefined {
    return this.loggers[0];
  }
  get ports(): Ports {
    return this.parts.connection.ports;
  }
  get accelerator(): Connection["accelerator"] {
    return this.parts.connection.accelerator;
  }
  get strategy(): Connection["strategy"] {
    return this.parts.connection.strategy;
  }
  get precision(): Connection["precision"] {
    return this.parts.connection.precision;
  }
  get isGlobalZero(): boolean {
    return this.parts.connection.strategy.isGlobalZero;
  }
  get worldSize(): number {
    return this.parts.connection.strategy.worldSize;
  }
  get defaultRootDir(): string {
    return this.ports.files.resolve(this.parts.plan.defaultRootDir ?? this.ports.files.workingDirectory());
  }
  /** Folder of the first logger, else `defaultRootDir`. */
  get logDir(): string {
    return this.logger?.logDir ?? this.defaultRootDir;
  }
  get checkpointCallbacks(): readonly ModelCheckpoint[] {
    return this.callbacks.filter((callback) => callback instanceof ModelCheckpoint);
  }
  get checkpointCallback(): ModelCheckpoint | undefined {
    return this.checkpointCallbacks[0];
  }
  get earlyStoppingCallback(): EarlyStopping | undefined {
    return this.callbacks.find((callback) => callback instanceof EarlyStopping);
  }
  /** Batches of a dry run, 0 for a real one. */
  get fastDevRun(): number {
    return this.parts.plan.fastDevRun;
  }
  get logEveryNSteps(): number {
    return this.parts.plan.logEveryNSteps;
  }

  // For callbacks.
  /** This fit validates. Known from `onTrainStart` on. */
  get hasValidation(): boolean {
    return this.parts.current.fit?.validation !== undefined;
  }
  get hasValidated(): boolean {
    return this.parts.state.hasValidated;
  }
  /** A validation follows the batch that just ended. */
  get willValidateNow(): boolean {
    const { batch, isLastBatch } = this.parts.state.cursor;
    return this.parts.current.fit !== undefined && isValidationDue(this.parts.current.fit, batch - 1, isLastBatch);
  }
  /** There is no validation inside an epoch: what is decided once an epoch can be decided at its end. */
  get validatesAtEpochEndOnly(): boolean {
    const { validationInterval: interval, checkValEveryNEpoch } = this.parts.plan;
    if (interval.kind === "time" || checkValEveryNEpoch !== 1) return false;
    if (
      this.parts.current.fit !== undefined &&
      this.parts.current.fit.trainLoadedAt >= 0 &&
      this.parts.current.fit.validation === undefined
    )
      return true;
    return interval.kind === "fraction" && interval.fraction === 1;
  }
  /** Sends metrics to the loggers at once, and shows them to other callbacks. */
  logNow(metrics: Readonly<Record<string, number>>, step: number): void {
    this.parts.current.session?.logging.loggers.logMetrics(metrics, step);
    for (const [name, value] of Object.entries(metrics)) this.parts.published.callback.setNumber(name, value);
  }
  /** Prints a line, above the progress bar. On rank 0 only. */
  say(line: string): void {
    if (this.isGlobalZero) this.parts.messages.info(line);
  }
  /** Warns, once for each topic. */
  warn(topic: string, line: string): void {
    this.parts.messages.warn(topic, line);
  }
  /** Lets a progress bar print lines above itself. */
  printThrough(print: ((line: string) => void) | undefined): void {
    this.parts.messages.printLine = print;
  }
}
