import type { Optimizer } from "@lightning-ts/core";
import type { Optimizer as TfOptimizer } from "@tensorflow/tfjs-core";

/** Text that is not one of these is refused when the run starts: the return type of a method knows only `string`. */
type Interval = "epoch" | "step" | "batch" | (string & {});

/** What a learning-rate scheduler must have. Core's schedulers fit. */
export interface LRSchedulerLike {
  readonly optimizer: Optimizer;
  step(metric?: number): void;
  getLastLr(): readonly number[];
  stateDict(): object;
  loadStateDict(state: never): void;
}

/** A scheduler and when to step it. */
export interface LRSchedulerConfig {
  readonly scheduler: LRSchedulerLike;
  /** `"batch"` steps after every batch, also inside an accumulation window. @default "epoch" */
  readonly interval?: Interval | undefined;
  /** Step once for so many epochs, optimizer steps or batches. @default 1 */
  readonly frequency?: number | undefined;
  /** Metric for `ReduceLROnPlateau`, e.g. `"val_loss"`. */
  readonly monitor?: string | undefined;
  /** Fail when the metric is missing; otherwise warn and go on. @default true */
  readonly strict?: boolean | undefined;
  /** Name for `LearningRateMonitor`. */
  readonly name?: string | undefined;
}

/** `configureOptimizers` may return one optimizer with its scheduler like this. */
export interface OptimizerConfig {
  readonly optimizer: Optimizer;
  readonly lrScheduler?: LRSchedulerLike | LRSchedulerConfig | undefined;
  /** Metric for `lrScheduler` when that is a bare `ReduceLROnPlateau`. */
  readonly monitor?: string | undefined;
}

/** One entry of the inner lists of `[[optimizer, …], [scheduler, …]]`. */
export type OptimizerOrScheduler = Optimizer | LRSchedulerLike | LRSchedulerConfig;

/** One entry of a list that `configureOptimizers` returns: `[optimizer, …]` or `[[optimizer, …], [scheduler, …]]`. */
export type OptimizersEntry = OptimizerOrScheduler | OptimizerConfig | readonly OptimizerOrScheduler[];

/**
 * What `configureOptimizers` may return: an optimizer, `{ optimizer, lrScheduler?, monitor? }`, a list of either,
 * `[[optimizers], [schedulers]]`, nothing, or an optimizer of `tf.train` for a `tf.LayersModel`.
 */
export type OptimizersReturn =
  | Optimizer
  | TfOptimizer
  | OptimizerConfig
  | readonly OptimizersEntry[]
  | undefined
  | void;

/** `OptimizersReturn`, or a promise of it. */
export type ConfiguredOptimizers = OptimizersReturn | Promise<OptimizersReturn>;

/** A scheduler with every setting filled in. */
export interface ResolvedScheduler {
  readonly scheduler: LRSchedulerLike;
  readonly interval: "epoch" | "step" | "batch";
  readonly frequency: number;
  readonly monitor: string | undefined;
  readonly strict: boolean;
  readonly name: string | undefined;
  readonly reduceOnPlateau: boolean;
}

/** What `configureOptimizers` returned, in one form. */
export interface ResolvedOptimizers {
  readonly optimizers: readonly Optimizer[];
  readonly schedulers: readonly ResolvedScheduler[];
  readonly warnings: readonly string[];
}
