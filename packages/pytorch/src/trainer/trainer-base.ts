import type { Connection, Logger, Ports } from "@lightning-ts/fabric";
import type { Callback } from "../contract/callback.js";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import { isValidationDue } from "../run/loops/validation-in-fit.js";
import type { CheckpointCallback, EarlyStoppingCallback } from "../contract/known-callbacks.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { ResolvedScheduler } from "../words/scheduler-config.js";
import type { TrainerView } from "../contract/trainer-view.js";
import type { OwnedParts } from "../run/session/owned-parts.js";
import type { RunningStage, Stage, TrainerStatus } from "../words/stages.js";

/** The getters of a Trainer, and the few wishes that hooks can have; `TrainerView` says what each is. */
export abstract class TrainerBase implements TrainerView {
  callbacks: readonly Callback[];
  readonly loggers: readonly Logger[];
  protected readonly parts: OwnedParts;

  protected constructor(
    parts: OwnedParts,
    onlookers: { readonly callbacks: readonly Callback[]; readonly loggers: readonly Logger[] },
  ) {
    this.parts = parts;
    this.callbacks = onlookers.callbacks;
    this.loggers = onlookers.loggers;
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
  get interrupted(): boolean {
    return this.parts.state.status === "interrupted";
  }

  // Counters, with Lightning's definitions.
  get globalStep(): number {
    return this.parts.state.cursor.globalStep;
  }
  get currentEpoch(): number {
    return this.parts.state.cursor.epoch;
  }
  get batchesThatStepped(): number {
    return this.parts.state.cursor.batchesThatStepped;
  }
  get batchesSeen(): number {
    return this.parts.state.cursor.totalBatches;
  }
  get isLastBatch(): boolean {
    return this.parts.state.isLastBatch;
  }
  get maxEpochs(): number {
    return this.parts.state.maxEpochs;
  }
  set maxEpochs(maxEpochs: number) {
    this.parts.state.epochLimit = maxEpochs;
  }
  get maxSteps(): number {
    return this.parts.state.maxSteps;
  }
  set maxSteps(maxSteps: number) {
    this.parts.state.maxSteps = maxSteps;
  }
  get accumulateGradBatches(): number {
    return this.parts.state.accumulateGradBatches;
  }
  set accumulateGradBatches(accumulateGradBatches: number) {
    this.parts.state.accumulateGradBatches = accumulateGradBatches;
  }
  get numTrainingBatches(): number {
    return this.parts.state.numTrainingBatches;
  }
  get numEvaluationBatches(): number {
    return this.parts.state.numEvaluationBatches;
  }
  get ckptPath(): string | undefined {
    return this.parts.state.ckptPath;
  }
  async estimatedSteppingBatches(): Promise<number> {
    const batches =
      this.parts.current.fit === undefined
        ? ((await this.parts.current.session?.sources.loadAhead("train"))?.totalCount ?? 0)
        : this.numTrainingBatches;
    const perEpoch = Math.ceil(batches / this.accumulateGradBatches);
    const total = this.maxEpochs === -1 ? Number.POSITIVE_INFINITY : perEpoch * Math.max(1, this.maxEpochs);
    return this.maxSteps === -1 ? total : Math.min(total, this.maxSteps);
  }

  get shouldStop(): boolean {
    return this.parts.state.shouldStop;
  }
  set shouldStop(shouldStop: boolean) {
    this.parts.state.shouldStop = shouldStop;
  }
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
  get trainDataloader(): unknown {
    return this.parts.current.fit?.trainData.original;
  }
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
    return this.parts.plan.defaultRootDir;
  }
  get logDir(): string {
    return this.logger?.logDir ?? this.defaultRootDir;
  }
  get checkpointCallbacks(): readonly CheckpointCallback[] {
    return this.callbacks.filter((callback) => callback instanceof ModelCheckpoint);
  }
  get checkpointCallback(): CheckpointCallback | undefined {
    return this.checkpointCallbacks[0];
  }
  get earlyStoppingCallback(): EarlyStoppingCallback | undefined {
    return this.callbacks.find((callback) => callback instanceof EarlyStopping);
  }
  get fastDevRun(): number {
    return this.parts.plan.fastDevRun;
  }
  get logEveryNSteps(): number {
    return this.parts.plan.logEveryNSteps;
  }

  // For callbacks.
  get hasValidation(): boolean {
    return this.parts.current.fit?.validation !== undefined;
  }
  get hasValidated(): boolean {
    return this.parts.state.hasValidated;
  }
  get willValidateNow(): boolean {
    const { batch, isLastBatch } = this.parts.state.cursor;
    return this.parts.current.fit !== undefined && isValidationDue(this.parts.current.fit, batch - 1, isLastBatch);
  }
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
  logNow(metrics: Readonly<Record<string, number>>, step: number): void {
    this.parts.current.session?.logging.loggers.logMetrics(metrics, step);
    for (const [name, value] of Object.entries(metrics)) this.parts.published.callback.setNumber(name, value);
  }
  say(line: string): void {
    if (this.isGlobalZero) this.parts.messages.info(line);
  }
  warn(topic: string, line: string): void {
    this.parts.messages.warn(topic, line);
  }
  printThrough(print: ((line: string) => void) | undefined): void {
    this.parts.messages.printLine = print;
  }
}
