export { LightningModule } from "./module/lightning-module.js";
export type { SaveHyperparametersOptions } from "./module/hparams.js";
export { LightningOptimizer, type OptimizerHost } from "./module/lightning-optimizer.js";
export type { LoadFromCheckpointOptions, ModuleClass } from "./module/load-from-checkpoint.js";
export type {
  LRSchedulerConfig,
  LRSchedulerLike,
  OptimizerConfig,
  OptimizersReturn,
  ResolvedScheduler,
} from "./module/scheduler-config.js";
export { LightningDataModule } from "./datamodule/lightning-data-module.js";
export type { DatasetsOptions } from "./datamodule/from-datasets.js";
export { CombinedLoader, type CombinedItem, type CombineMode } from "./data/combined-loader.js";
export type { BatchSource, BatchSources } from "./data/batch-source.js";
export type { LoaderTree } from "./data/loader-tree.js";

export { seedEverything } from "./trainer/seed-everything.js";
export { VERSION } from "./trainer/version.js";
export { Trainer } from "./trainer/trainer.js";
export type {
  CombinedFitOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  RunOptions,
} from "./trainer/run-options.js";
export type { BatchLimit, Duration, TrainerOptions } from "./trainer/trainer-options.js";
export type { FitResult } from "./trainer/fit-result.js";
export type { RunningStage, Stage, TrainerStatus } from "./trainer/stages.js";
export type { Checkpoint as CheckpointContent } from "./hooks/hook-arguments.js";
export type { StepOutput, TrainingStepResult } from "./hooks/step-output.js";
export type { LogOptions, ReduceFx } from "./results/log-options.js";

export { Callback } from "./callbacks/callback.js";
export { Checkpoint } from "./callbacks/checkpoint.js";
export { EarlyStopping, type EarlyStoppingOptions } from "./callbacks/early-stopping.js";
export type { StoppingReason } from "./callbacks/judge-metric.js";
export { GradientAccumulationScheduler } from "./callbacks/gradient-accumulation-scheduler.js";
export { LambdaCallback } from "./callbacks/lambda-callback.js";
export { LearningRateMonitor, type LearningRateMonitorOptions } from "./callbacks/learning-rate-monitor.js";
export { ModelCheckpoint } from "./callbacks/model-checkpoint.js";
export type { ModelCheckpointOptions } from "./callbacks/model-checkpoint-options.js";
export { ModelSummary, type ModelSummaryOptions } from "./callbacks/model-summary.js";
export { OnExceptionCheckpoint, type OnExceptionCheckpointOptions } from "./callbacks/on-exception-checkpoint.js";
export { ProgressBar, type ProgressBarOptions } from "./callbacks/progress-bar.js";
export { Timer, type TimerOptions } from "./callbacks/timer.js";

export { HookError } from "./errors/hook-error.js";
export { RunError } from "./errors/run-error.js";
export { InterruptionError } from "./loops/interruption-error.js";
