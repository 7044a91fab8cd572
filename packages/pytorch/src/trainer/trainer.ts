import { MisconfigurationError, type OnDevice } from "@lightning-ts/core";
import { nodePorts, type Connection, type Logger, type Ports } from "@lightning-ts/fabric";
import type { Callback } from "../callbacks/callback.js";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { Timer } from "../callbacks/timer.js";
import { dumpCheckpoint } from "../checkpoint/dump-checkpoint.js";
import { toCheckpointTree } from "../codecs/checkpoint-tree.js";
import type { BatchSource, BatchSources } from "../data/batch-source.js";
import type { CombinedLoader } from "../data/combined-loader.js";
import type { LightningDataModule } from "../datamodule/lightning-data-module.js";
import { isValidationDue } from "../loops/validation-in-fit.js";
import type { LightningModule } from "../module/lightning-module.js";
import type { LightningOptimizer } from "../module/lightning-optimizer.js";
import type { ResolvedScheduler } from "../module/scheduler-config.js";
import { renderEvaluation } from "../progress/evaluation-table.js";
import { PublishedMetrics } from "../results/published-metrics.js";
import { completeCallbacks, mergeModuleCallbacks } from "./attach-callbacks.js";
import { loggersOf } from "./default-loggers.js";
import { withEnvironment } from "./environment-options.js";
import { callbackList } from "./find-conflicts.js";
import type { FitResult } from "./fit-result.js";
import type { FitSession } from "./fit-session.js";
import { FitState } from "./fit-state.js";
import { Messages } from "./messages.js";
import type { TrainerPlan } from "./plan.js";
import { outsideScope } from "./outside-scope.js";
import { requireOptions, resolveOptions } from "./resolve-options.js";
import { execute, type RunOutcome } from "./execute.js";
import { readEvaluateArguments, readFitArguments, requireModule, type RunArguments } from "./run-arguments.js";
import type { CombinedFitOptions, EvaluateOptions, FitOptions, PredictOptions, RunOptions } from "./run-options.js";
import type { RunRequest } from "./run-request.js";
import type { Session } from "./session.js";
import type { RunningStage, Stage, TrainerStatus } from "./stages.js";
import type { TrainerOptions } from "./trainer-options.js";

/** A module whose steps take what these batches become on the device. */
type ModuleFor<THost> = LightningModule<NoInfer<OnDevice<THost>>>;

/**
 * Runs a module: training, validation, testing, prediction. It owns devices, loops, checkpoints and logs; the module owns the science.
 * One Trainer may run several times; `fit` goes on counting where the last one ended.
 */
export class Trainer {
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
  readonly #plan: TrainerPlan;
  readonly #connection: Connection;
  readonly #state = new FitState();
  readonly #messages: Messages;
  readonly #published = new PublishedMetrics();
  #maxEpochs: number | undefined;
  #module: LightningModule | undefined;
  #session: Session | undefined;
  #fit: FitSession | undefined;

  /** @throws MisconfigurationError that lists everything that is wrong with the options */
  constructor(options: TrainerOptions = {}) {
    requireOptions(options);
    const ports: Ports = { ...nodePorts(), ...options.ports };
    const all = withEnvironment(options, ports.environment);
    const { plan, connection } = resolveOptions(all, ports);
    this.#plan = plan;
    this.#connection = connection;
    this.#messages = new Messages(ports.terminal);
    this.accumulateGradBatches = this.#plan.accumulateGradBatches;
    this.maxSteps = this.#plan.maxSteps;
    this.#maxEpochs = this.#plan.maxEpochs;
    this.callbacks = completeCallbacks(callbackList(all.callbacks), this.#plan, this.#messages);
    this.loggers = this.#plan.enableLogger ? loggersOf(all, ports) : [];
    for (const note of this.#plan.notes) this.#messages.info(note);
  }

  /** Trains a module. Resolves to what happened; rejects when a hook, a step or a checkpoint failed. */
  fit(model: LightningModule, trainDataloaders: CombinedLoader, valDataloaders?: BatchSources<unknown>, options?: RunOptions): Promise<FitResult>;
  fit(model: LightningModule, options: CombinedFitOptions): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, trainDataloaders: BatchSource<THost>, valDataloaders?: BatchSources<NoInfer<THost>>, options?: RunOptions): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, datamodule: LightningDataModule<THost>, options?: RunOptions): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, options?: FitOptions<THost>): Promise<FitResult>;
  async fit(model: LightningModule, data?: unknown, valOrOptions?: unknown, options?: RunOptions): Promise<FitResult> {
    const given = readFitArguments(data, valOrOptions, options);
    this.#maxEpochs ??= this.#plan.maxSteps === -1 && this.#plan.maxTimeMs === undefined && !this.#hasTimer() ? this.#defaultMaxEpochs() : -1;
    const outcome = await this.#run("fit", model, given);
    return this.#fitResult(outcome);
  }

  /** Runs the validation data through `validationStep`. @returns one dictionary of metrics for each loader */
  validate<THost>(model: ModuleFor<THost>, dataloaders: BatchSources<THost> | LightningDataModule<THost>, options?: EvaluateOptions): Promise<Record<string, number>[]>;
  validate<THost>(model?: ModuleFor<THost>, options?: EvaluateOptions<THost>): Promise<Record<string, number>[]>;
  async validate(model?: LightningModule, data?: unknown, options?: EvaluateOptions): Promise<Record<string, number>[]> {
    return this.#evaluate("validate", model, data, options);
  }

  /** Runs the test data through `testStep`. @returns one dictionary of metrics for each loader */
  test<THost>(model: ModuleFor<THost>, dataloaders: BatchSources<THost> | LightningDataModule<THost>, options?: EvaluateOptions): Promise<Record<string, number>[]>;
  test<THost>(model?: ModuleFor<THost>, options?: EvaluateOptions<THost>): Promise<Record<string, number>[]>;
  async test(model?: LightningModule, data?: unknown, options?: EvaluateOptions): Promise<Record<string, number>[]> {
    return this.#evaluate("test", model, data, options);
  }

  /**
   * Runs data through `predictStep`. Tensors in the predictions are kept: dispose them when you are done.
   * @returns the predictions of each batch; with several loaders a list of those for each
   */
  predict<THost>(model: ModuleFor<THost>, dataloaders: BatchSources<THost> | LightningDataModule<THost>, options?: PredictOptions): Promise<unknown[]>;
  predict<THost>(model?: ModuleFor<THost>, options?: PredictOptions<THost>): Promise<unknown[]>;
  async predict(model?: LightningModule, data?: unknown, options?: PredictOptions): Promise<unknown[]> {
    const given = readEvaluateArguments("predict", data, options);
    const { predictions } = await this.#run("predict", model, given);
    if (given.returnPredictions === false) return [];
    return predictions.length === 1 ? (predictions[0] ?? []) : predictions;
  }

  /** Writes a checkpoint of the module that is attached. Between optimizer steps only, never inside one. */
  saveCheckpoint(path: string, options: { readonly weightsOnly?: boolean | undefined } = {}): Promise<void> {
    return outsideScope(this.#saveCheckpoint(path, options.weightsOnly ?? false));
  }

  /** Removes a checkpoint file; nothing happens where none is. */
  removeCheckpoint(path: string): Promise<void> {
    return this.#connection.strategy.removeCheckpoint(path);
  }

  // What is going on.
  get stage(): Stage | undefined {
    return this.#state.stage;
  }
  get runningStage(): RunningStage | undefined {
    return this.#state.runningStage;
  }
  get status(): TrainerStatus {
    return this.#state.status;
  }
  get training(): boolean {
    return this.#state.runningStage === "train";
  }
  get validating(): boolean {
    return this.#state.runningStage === "validate";
  }
  get testing(): boolean {
    return this.#state.runningStage === "test";
  }
  get predicting(): boolean {
    return this.#state.runningStage === "predict";
  }
  get sanityChecking(): boolean {
    return this.#state.runningStage === "sanityCheck";
  }
  get evaluating(): boolean {
    return this.validating || this.testing || this.sanityChecking;
  }
  /** The last run was stopped by Ctrl-C, a signal, or an error. */
  get interrupted(): boolean {
    return this.#state.status === "interrupted";
  }

  // Counters, with Lightning's definitions.
  /** Completed steps of all optimizers. */
  get globalStep(): number {
    return this.#state.cursor.globalStep;
  }
  /** Epochs whose end hooks have run. */
  get currentEpoch(): number {
    return this.#state.cursor.epoch;
  }
  /** Accumulation windows that closed: the x axis of the loggers. */
  get batchesThatStepped(): number {
    return this.#state.cursor.batchesThatStepped;
  }
  /** Training batches seen in all epochs. */
  get batchesSeen(): number {
    return this.#state.cursor.totalBatches;
  }
  get isLastBatch(): boolean {
    return this.#state.isLastBatch;
  }
  get maxEpochs(): number {
    return this.#maxEpochs ?? -1;
  }
  set maxEpochs(maxEpochs: number) {
    this.#maxEpochs = maxEpochs;
  }
  /**
   * Optimizer steps that the whole fit will take, for schedulers that must know; `Infinity` when nobody does.
   * In `configureOptimizers` it asks for the training loaders early.
   */
  async estimatedSteppingBatches(): Promise<number> {
    const batches = this.#fit === undefined ? ((await this.#session?.sources.loadAhead("train"))?.totalCount ?? 0) : this.numTrainingBatches;
    const perEpoch = Math.ceil(batches / this.accumulateGradBatches);
    const total = this.maxEpochs === -1 ? Number.POSITIVE_INFINITY : perEpoch * Math.max(1, this.maxEpochs);
    return this.maxSteps === -1 ? total : Math.min(total, this.maxSteps);
  }

  /** Set it in any hook: training stops at the next safe point, once `minEpochs` and `minSteps` are reached. */
  get shouldStop(): boolean {
    return this.#state.shouldStop;
  }
  set shouldStop(shouldStop: boolean) {
    this.#state.shouldStop = shouldStop;
  }
  /** Sets `shouldStop` and says why. */
  stop(reason: string): void {
    this.#state.shouldStop = true;
    this.#state.stopReason = reason;
  }

  // Metrics. Reading a dictionary may wait for the device.
  get callbackMetrics(): Record<string, number> {
    this.#session?.logging.refresh();
    return this.#published.callback.toRecord();
  }
  get loggedMetrics(): Record<string, number> {
    this.#session?.logging.refresh();
    return this.#published.logged.toRecord();
  }
  get progressBarMetrics(): Record<string, number> {
    this.#session?.logging.refresh();
    return this.#published.progressBar.toRecord();
  }
  /** One of `callbackMetrics`, without reading the others. */
  readMetric(name: string): number | undefined {
    this.#session?.logging.refresh();
    return this.#published.callback.read(name);
  }

  // Parts.
  get module(): LightningModule | undefined {
    return this.#module;
  }
  get datamodule(): LightningDataModule | undefined {
    return this.#session?.datamodule;
  }
  get optimizers(): readonly LightningOptimizer[] {
    return this.#fit?.stepper.optimizers ?? [];
  }
  get lrSchedulerConfigs(): readonly ResolvedScheduler[] {
    return this.#fit?.optimizers.schedulers ?? [];
  }
  get logger(): Logger | undefined {
    return this.loggers[0];
  }
  get ports(): Ports {
    return this.#connection.ports;
  }
  get accelerator(): Connection["accelerator"] {
    return this.#connection.accelerator;
  }
  get strategy(): Connection["strategy"] {
    return this.#connection.strategy;
  }
  get precision(): Connection["precision"] {
    return this.#connection.precision;
  }
  get isGlobalZero(): boolean {
    return this.#connection.strategy.isGlobalZero;
  }
  get worldSize(): number {
    return this.#connection.strategy.worldSize;
  }
  get defaultRootDir(): string {
    return this.ports.files.resolve(this.#plan.defaultRootDir ?? this.ports.files.workingDirectory());
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
    return this.#plan.fastDevRun;
  }
  get logEveryNSteps(): number {
    return this.#plan.logEveryNSteps;
  }

  // For callbacks.
  /** This fit validates. Known from `onTrainStart` on. */
  get hasValidation(): boolean {
    return this.#fit?.validation !== undefined;
  }
  get hasValidated(): boolean {
    return this.#state.hasValidated;
  }
  /** A validation follows the batch that just ended. */
  get willValidateNow(): boolean {
    const { batch, isLastBatch } = this.#state.cursor;
    return this.#fit !== undefined && isValidationDue(this.#fit, batch - 1, isLastBatch);
  }
  /** There is no validation inside an epoch: what is decided once an epoch can be decided at its end. */
  get validatesAtEpochEndOnly(): boolean {
    const { validationInterval: interval, checkValEveryNEpoch } = this.#plan;
    if (interval.kind === "time" || checkValEveryNEpoch !== 1) return false;
    if (this.#fit !== undefined && this.#fit.trainLoadedAt >= 0 && this.#fit.validation === undefined) return true;
    return interval.kind === "fraction" && interval.fraction === 1;
  }
  /** Sends metrics to the loggers at once, and shows them to other callbacks. */
  logNow(metrics: Readonly<Record<string, number>>, step: number): void {
    this.#session?.logging.loggers.logMetrics(metrics, step);
    for (const [name, value] of Object.entries(metrics)) this.#published.callback.setNumber(name, value);
  }
  /** Prints a line, above the progress bar. On rank 0 only. */
  say(line: string): void {
    if (this.isGlobalZero) this.#messages.info(line);
  }
  /** Warns, once for each topic. */
  warn(topic: string, line: string): void {
    this.#messages.warn(topic, line);
  }
  /** Lets a progress bar print lines above itself. */
  printThrough(print: ((line: string) => void) | undefined): void {
    this.#messages.printLine = print;
  }
  /** For the run: what it stands on while it trains. */
  attachFit(fit: FitSession): void {
    this.#fit = fit;
  }
  attachSession(session: Session): void {
    this.#session = session;
  }

  async #saveCheckpoint(path: string, weightsOnly: boolean): Promise<void> {
    const session = this.#session;
    if (session === undefined) throw new MisconfigurationError({ code: "LIT_NOT_ATTACHED", message: "saveCheckpoint() needs a module, and this Trainer has not run one yet.", tryThis: "call it after or during fit, validate, test or predict." });
    if (this.#state.cursor.phase === "inBatch" && this.#state.status === "running" && this.#state.runningStage === "train") {
      throw new MisconfigurationError({ code: "LIT_UNSAFE_POINT", message: `A checkpoint cannot be taken inside a training step (${this.#state.describePosition()}).`, tryThis: "onTrainBatchEnd, or any hook after it." });
    }
    const tree = await dumpCheckpoint(session, this.#fit, { weightsOnly });
    await this.#connection.strategy.saveCheckpoint(this.ports.files.resolve(path), toCheckpointTree(tree), { weights: "state_dict" });
  }

  async #run(stage: Stage, model: LightningModule | undefined, given: RunArguments): Promise<RunOutcome> {
    if (this.#state.status === "running") throw new MisconfigurationError({ code: "LIT_BUSY", message: `This Trainer is running ${this.#state.stage ?? "something"} already.`, tryThis: "await it first, or use another Trainer." });
    const module = requireModule(model ?? this.#module, stage);
    this.#module = module;
    this.callbacks = mergeModuleCallbacks(this.callbacks, module);
    if (stage === "fit") this.#fit = undefined;
    Object.assign(this.#state, { stage, status: "running", shouldStop: false, stopReason: undefined, interruption: undefined });
    if (given.datamodule !== undefined) given.datamodule.trainer = this;
    const ckptPath = given.ckptPath ?? this.#impliedCheckpoint(stage, model);
    const request: RunRequest = { ...given, stage, module, ckptPath };
    return execute({ trainer: this, plan: this.#plan, state: this.#state, connection: this.#connection, messages: this.#messages, published: this.#published }, request);
  }

  async #evaluate(stage: "validate" | "test", model: LightningModule | undefined, data: unknown, options: EvaluateOptions | undefined): Promise<Record<string, number>[]> {
    const given = readEvaluateArguments(stage, data, options);
    const { metrics } = await this.#run(stage, model, given);
    if (given.verbose && metrics.length > 0) this.say(renderEvaluation(stage, metrics));
    return metrics;
  }

  /** Without a model, evaluation takes the best checkpoint of the module that was trained. */
  #impliedCheckpoint(stage: Stage, model: LightningModule | undefined): string | undefined {
    if (stage === "fit" || model !== undefined || (this.checkpointCallback?.bestModelPath ?? "") === "") return undefined;
    this.warn("implied best", `trainer.${stage} was called without a model: it uses the best checkpoint. Pass ckptPath: "best" or the model to say so.`);
    return "best";
  }

  #hasTimer(): boolean {
    return this.callbacks.some((callback) => callback instanceof Timer);
  }

  #defaultMaxEpochs(): number {
    this.warn("maxEpochs", "maxEpochs was not set; training runs for 1000 epochs. Use maxEpochs: -1 for no limit.");
    return 1000;
  }

  #fitResult({ status, reason }: RunOutcome): FitResult {
    const checkpoint = this.checkpointCallback;
    const path = (text: string | undefined) => (text === undefined || text === "" ? undefined : text);
    return { status, reason, metrics: this.callbackMetrics, epochs: this.currentEpoch, steps: this.globalStep, bestModelPath: path(checkpoint?.bestModelPath), lastModelPath: path(checkpoint?.lastModelPath), logDir: this.logger?.logDir };
  }
}
