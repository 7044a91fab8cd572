import type { Connection, Logger, Ports } from "@lightning-ts/fabric";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { ResolvedScheduler } from "../words/scheduler-config.js";
import type { RunningStage, Stage, TrainerStatus } from "../words/stages.js";
import type { Callback } from "./callback.js";
import type { CheckpointCallback, EarlyStoppingCallback } from "./known-callbacks.js";
import type { LightningDataModule } from "./lightning-data-module.js";
import type { LightningModule } from "./lightning-module.js";

/** What a Trainer shows of itself and of the run that is under way, and the few wishes that hooks can have. */
export interface TrainerView extends TrainerCounters, TrainerParts, TrainerForCallbacks {
  get stage(): Stage | undefined;
  get runningStage(): RunningStage | undefined;
  get status(): TrainerStatus;
  get training(): boolean;
  get validating(): boolean;
  get testing(): boolean;
  get predicting(): boolean;
  get sanityChecking(): boolean;
  get evaluating(): boolean;
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
  get numEvaluationBatches(): number;
  /**
   * Optimizer steps that the whole fit will take, for schedulers that have to know; `Infinity` where it cannot be
   * known. Called in `configureOptimizers`, it asks for the training loaders early.
   */
  estimatedSteppingBatches(): Promise<number>;
}

/** What a Trainer is made of, and what it runs. */
interface TrainerParts {
  get module(): LightningModule | undefined;
  get datamodule(): LightningDataModule | undefined;
  /** The training loaders as they were given. */
  get trainDataloader(): unknown;
  /** The validation loaders as they were given; known once they are needed. */
  get valDataloaders(): unknown;
  get optimizers(): readonly LightningOptimizer[];
  get lrSchedulerConfigs(): readonly ResolvedScheduler[];
  readonly loggers: readonly Logger[];
  get logger(): Logger | undefined;
  get ports(): Ports;
  get accelerator(): Connection["accelerator"];
  get strategy(): Connection["strategy"];
  get precision(): Connection["precision"];
  get isGlobalZero(): boolean;
  get worldSize(): number;
  get defaultRootDir(): string;
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
  get earlyStoppingCallback(): EarlyStoppingCallback | undefined;
  /** Batches of a dry run, 0 for a real one. */
  get fastDevRun(): number;
  get logEveryNSteps(): number;
}

/** What callbacks ask and do. */
interface TrainerForCallbacks {
  /** Whether this fit validates. Known from `onTrainStart` on. */
  get hasValidation(): boolean;
  get hasValidated(): boolean;
  /** Whether a validation follows the batch that just ended. */
  get willValidateNow(): boolean;
  /** Whether validation comes at the end of epochs only, so that what is decided once an epoch can be decided there. */
  get validatesAtEpochEndOnly(): boolean;
  /** Sends metrics to the loggers at once, and shows them to other callbacks. */
  logNow(metrics: Readonly<Record<string, number>>, step: number): void;
  /** Prints a line, above the progress bar. On rank 0 only. */
  say(line: string): void;
  /** Warns, once for each topic. */
  warn(topic: string, line: string): void;
  /** Lets a progress bar print lines above itself. */
  printThrough(print: ((line: string) => void) | undefined): void;
}
