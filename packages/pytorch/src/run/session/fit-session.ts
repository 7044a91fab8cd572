import type { Optimizer } from "@lightning-ts/core";
import type { RunSetup } from "@lightning-ts/fabric";
import type { Variable } from "@tensorflow/tfjs-core";
import type { SourceFetcher } from "../../data/batch-fetcher.js";
import type { Steps } from "../../door/steps.js";
import type { StageData } from "../../data/stage-data.js";
import type { LightningOptimizer } from "../../words/lightning-optimizer.js";
import type { LRSchedulerLike, ResolvedOptimizers, ResolvedScheduler } from "../../words/scheduler-config.js";
import type { Session } from "./session.js";
import type { ClippingAlgorithm } from "../../words/clipping.js";

/** The optimizers as the module sees them. */
interface OptimizerSteps {
  readonly optimizers: readonly LightningOptimizer[];
  /** Others in their place; those that stay go on. */
  replace(optimizers: readonly Optimizer[]): void;
  /** One step: the closure, which computes loss and gradients, then hooks, clipping, update and counting. */
  take(optimizer: LightningOptimizer, closure: () => Steps<unknown>): Steps<void>;
  /** What is under way, in case an overridden `optimizerStep` does not wait for it. */
  readonly pending: Promise<void> | undefined;
  /** Whether a parameter has a gradient that no step has used yet. */
  isOpen(parameter: Variable): boolean;
  /** Clips as the module asks, or as the Trainer was told. */
  clip(optimizer: LightningOptimizer, value: number | undefined, algorithm: ClippingAlgorithm | undefined): void;
}

/** Steps the schedulers whose time has come: those that wait for a metric, or all others. */
interface SchedulerSteps {
  /** What is stepped; others may take its place. */
  schedulers: readonly ResolvedScheduler[];
  afterBatch(batchIdx: number, isWindowClosed: boolean, which: { readonly plateau: boolean }): Steps<void>;
  afterEpoch(which: { readonly plateau: boolean }): Steps<void>;
}

/** When validation runs within `fit`, in batches; decided once the number of training batches is known. */
export interface ValidationSchedule {
  /** Every so many batches; `Infinity` only at the end of an epoch. */
  readonly everyBatches: number;
  readonly everyMs: number | undefined;
  readonly everyEpochs: number | undefined;
}

/** A setup without the loaders, which may be asked for several times. */
export interface SetupOfCode extends Omit<RunSetup, "loaders"> {
  /** Those that it is about: others have no record. */
  readonly of: readonly Optimizer[];
  readonly ofSchedulers: readonly LRSchedulerLike[];
}

/** A session that trains: with optimizers, schedulers, and training data. */
export interface FitSession extends Session {
  /** What the run was set up with, as far as it is known before its data are. */
  setup: SetupOfCode | undefined;
  /** What a run that goes on should hear besides what differs. */
  readonly notes: string[];
  /** Replaced where `trainer.optimizers` is set. */
  optimizers: ResolvedOptimizers;
  readonly stepper: OptimizerSteps;
  readonly schedulers: SchedulerSteps;
  trainData: StageData;
  loadedValidation: StageData | undefined;
  /** Undefined when there is no validation. */
  validation: ValidationSchedule | undefined;
  lastValidationMs: number;
  /** Epochs after which the loaders were last asked for. */
  trainLoadedAt: number;
  /** The training loaders' state before the look-ahead, or what a checkpoint brought. */
  loaderState: (() => unknown[]) | undefined;
  validationData(): Steps<StageData>;
  loadTrainData(): Steps<void>;
  openEpoch(): SourceFetcher;
  /** To be called before the next batch is fetched: should its step fail, a checkpoint begins with it. */
  rememberLoaders(): void;
}
