import type { Optimizer } from "@lightning-ts/core";
import type { Connection, Logger, LossScaler, Ports } from "@lightning-ts/fabric";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { LRSchedulerConfig, ResolvedScheduler } from "../words/scheduler-config.js";
import type { RunningStage, Stage, TrainerState, TrainerStatus } from "../words/stages.js";
import type { Callback } from "./callback.js";
import type { CheckpointCallback, EarlyStoppingCallback, ProgressBarCallback } from "./known-callbacks.js";
import type { LightningDataModule } from "./lightning-data-module.js";
import type { LightningModule } from "./lightning-module.js";
import type { EvaluationLoopView, FitLoopView, PredictionLoopView } from "./loop-views.js";
import type { TrainerFlags } from "./trainer-flags.js";

/** What a Trainer shows of itself and of the run that is under way, and the few wishes that hooks can have. */
export interface TrainerView extends TrainerCounters, TrainerParts, TrainerRanks, TrainerFlags, TrainerForCallbacks {
  get stage(): Stage | undefined;
  get runningStage(): RunningStage | undefined;
  get status(): TrainerStatus;
  get training(): boolean;
  get validating(): boolean;
  get testing(): boolean;
  get predicting(): boolean;
  get sanityChecking(): boolean;
  get evaluating(): boolean;
  /** What was called, what of it is going on, and how it stands: a copy, under Lightning's names. */
  get state(): TrainerState;
  /** Whether SIGTERM has come in this run, or came in the last one. */
  get receivedSigterm(): boolean;
  /** Whether the last run was stopped by Ctrl-C, a signal or an error. */
  get interrupted(): boolean;

  /** Set it in any hook: training stops at the next safe point, once `minEpochs` and `minSteps` are reached. */
  get shouldStop(): boolean;
  set shouldStop(shouldStop: boolean);
  /** Sets `shouldStop` and says why. */
  stop(reason: string): void;

  /** The latest metrics, for callbacks. Reading a dictionary of metrics may wait for the device. */
  get callbackMetrics(): Record<string, number>;
  get loggedMetrics(): Record<string, number>;
  get progressBarMetrics(): Record<string, number>;
  /** One of `callbackMetrics`, without reading the others. */
  readMetric(name: string): number | undefined;
}

/** How far a run has come and how far it goes, with Lightning's definitions. */
interface TrainerCounters {
  /** Completed steps of all optimizers. */
  get globalStep(): number;
  /** Epochs whose end hooks have run. */
  get currentEpoch(): number;
  /** Accumulation windows that closed: the x axis of the loggers. */
  get batchesThatStepped(): number;
  /** Training batches seen in all epochs. */
  get batchesSeen(): number;
  get isLastBatch(): boolean;
  /** Batches per optimizer step; may be changed between epochs. */
  get accumulateGradBatches(): number;
  set accumulateGradBatches(accumulateGradBatches: number);
  /** `-1` for no limit. */
  get maxEpochs(): number;
  set maxEpochs(maxEpochs: number);
  /** Epochs that a fit takes at least: a wish to stop waits until they are done. */
  get minEpochs(): number;
  /** Optimizer steps that a fit takes at least: a wish to stop waits until they are done. */
  get minSteps(): number;
  get maxSteps(): number;
  set maxSteps(maxSteps: number);
  /** Batches of a training epoch; `Infinity` when unknown. */
  get numTrainingBatches(): number;
  /** Batches of all loaders of the evaluation that is, or was last, under way. */
  get numEvaluationBatches(): number;
  /** Batches of each validation loader that the sanity check goes through. */
  get numSanityValBatches(): readonly number[];
  /** Batches of each validation loader; `Infinity` where unknown, empty before they are asked for. */
  get numValBatches(): readonly number[];
  get numTestBatches(): readonly number[];
  get numPredictBatches(): readonly number[];
  /** Batches between two validations; `Infinity` where only the end of an epoch or a clock counts. */
  get valCheckBatch(): number | undefined;
  get fitLoop(): FitLoopView;
  get validateLoop(): EvaluationLoopView;
  get testLoop(): EvaluationLoopView;
  get predictLoop(): PredictionLoopView;
  /**
   * Optimizer steps that the whole fit will take, for schedulers that have to know; `Infinity` where it cannot be
   * known. Called in `configureOptimizers`, it asks for the training loaders early.
   */
  estimatedSteppingBatches(): Promise<number>;
}

/** What a Trainer is made of, and what it runs. */
interface TrainerParts {
  get module(): LightningModule | undefined;
  /** The module, under Lightning's names. */
  get lightningModule(): LightningModule | undefined;
  get model(): LightningModule | undefined;
  get datamodule(): LightningDataModule | undefined;
  /** The training loaders as they were given. */
  get trainDataloader(): unknown;
  /** The validation loaders as they were given; known once they are needed. */
  get valDataloaders(): unknown;
  get testDataloaders(): unknown;
  get predictDataloaders(): unknown;
  get optimizers(): readonly LightningOptimizer[];
  /** Optimizers that take the place of this fit's, until `configureOptimizers` makes those of the next one. */
  set optimizers(optimizers: readonly Optimizer[]);
  get lrSchedulerConfigs(): readonly ResolvedScheduler[];
  /** Schedulers that take the place of this fit's, until `configureOptimizers` makes those of the next one. */
  set lrSchedulerConfigs(configs: readonly LRSchedulerConfig[]);
  get loggers(): readonly Logger[];
  /** Other loggers from here on, also in the middle of a run. */
  set loggers(loggers: readonly Logger[]);
  /** The first of `loggers`. */
  get logger(): Logger | undefined;
  /** The only logger from here on; undefined for none. */
  set logger(logger: Logger | undefined);
  get ports(): Ports;
  get accelerator(): Connection["accelerator"];
  get strategy(): Connection["strategy"];
  /** The name of the number format, such as `"32-true"`. */
  get precision(): Connection["precision"]["name"];
  get precisionPlugin(): Connection["precision"];
  /** What scales the loss with `precision: "16-mixed"`. */
  get scaler(): LossScaler | undefined;
  /** Folder of the first logger, else `defaultRootDir`. */
  get logDir(): string;
  /** The checkpoint that the current or last run was started from. */
  get ckptPath(): string | undefined;
  /** Runs that are called without a `ckptPath` start from this one; undefined takes that back. */
  set ckptPath(path: string | undefined);
  /** All callbacks, default ones included. */
  callbacks: readonly Callback[];
  get checkpointCallbacks(): readonly CheckpointCallback[];
  get checkpointCallback(): CheckpointCallback | undefined;
  get earlyStoppingCallbacks(): readonly EarlyStoppingCallback[];
  get earlyStoppingCallback(): EarlyStoppingCallback | undefined;
  get progressBarCallback(): ProgressBarCallback | undefined;
}

/** Which of the processes this one is, and what it computes on. */
interface TrainerRanks {
  get globalRank(): number;
  get localRank(): number;
  get nodeRank(): number;
  get worldSize(): number;
  get isGlobalZero(): boolean;
  get numNodes(): number;
  /** Devices of this machine, by index. */
  get deviceIds(): readonly number[];
  get numDevices(): number;
  /** What a distributed sampler needs to know; undefined where every process sees all data. */
  get distributedSamplerKwargs(): { readonly numReplicas: number; readonly rank: number } | undefined;
  /**
   * The value from all ranks: tensors and numbers inside a collection get a new first dimension. On one rank it stays
   * as it is.
   */
  allGather<TValue>(value: TValue): Promise<TValue>;
}

/** What callbacks ask and do. */
interface TrainerForCallbacks {
  /** Whether there are validation data and a step for them. Known from `onTrainStart` on. */
  get enableValidation(): boolean;
  /** Whether this fit validates, and the loaders that are known by now are not empty. Known from `onTrainStart` on. */
  get hasValidation(): boolean;
  get hasValidated(): boolean;
  /** Whether a validation follows the batch that just ended. */
  get willValidateNow(): boolean;
  /** Whether validation comes at the end of epochs only, so that what is decided once an epoch can be decided there. */
  get validatesAtEpochEndOnly(): boolean;
  /** Sends metrics to the loggers at once, and shows them to other callbacks. */
  logNow(metrics: Readonly<Record<string, number>>, step: number): void;
  /**
   * While it is true, training steps compute and log, and nothing is learnt from them: no gradients, no steps of
   * optimizers and schedulers. For an epoch that only collects, such as the statistics of batch norms; it counts as one
   * step.
   * @default false, also at the beginning of each run
   */
  get skipsBackward(): boolean;
  set skipsBackward(skipsBackward: boolean);
  /** Prints values as one line, above the progress bar, on rank 0 of each machine. */
  print(...values: readonly unknown[]): void;
  /** Makes a model as the run's precision has it: its parameters are on the device at first use. */
  initModule<TModule>(body: () => TModule): TModule;
  /** Prints a line, above the progress bar. On rank 0 only. */
  say(line: string): void;
  /** Warns, once for each topic. */
  warn(topic: string, line: string): void;
  /** Lets a progress bar print lines above itself. */
  printThrough(print: ((line: string) => void) | undefined): void;
}
