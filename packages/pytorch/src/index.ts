export { LightningModule } from "./contract/lightning-module.js";
export { defineModule, type DefinedModule, type Layers, type ModuleDefinition } from "./contract/define-module.js";
export type { SaveHyperparametersOptions } from "./contract/hparams.js";
export type { LightningOptimizer, LightningOptimizerExtras, ToggleModelOptions } from "./words/lightning-optimizer.js";
export type { ToOnnxOptions } from "./contract/write-onnx.js";
export type { LoadFromCheckpointOptions, ModuleClass } from "./contract/load-from-checkpoint.js";
export type {
  ConfiguredOptimizers,
  LRSchedulerConfig,
  LRSchedulerLike,
  OptimizerConfig,
  OptimizerOrScheduler,
  OptimizersEntry,
  OptimizersReturn,
  ResolvedScheduler,
} from "./words/scheduler-config.js";
export { LightningDataModule } from "./contract/lightning-data-module.js";
export type { DatasetsOptions } from "./contract/from-datasets.js";
export { CombinedLoader, type BatchSources, type CombinedItem, type CombineMode } from "./data/combined-loader.js";
export type { DataloaderIterator, IteratedBatch } from "./words/dataloader-iterator.js";
export type { BatchSource } from "./words/batch-source.js";
export type { LoaderTree } from "./data/loader-tree.js";

export { seedEverything } from "./trainer/seed-everything.js";
export { VERSION } from "@lightning-ts/fabric";
export { Trainer } from "./trainer/trainer.js";
export type {
  EvaluateOptions,
  EvaluationData,
  FitData,
  FitOptions,
  FitRunOptions,
  PredictionData,
  PredictOptions,
  RunOptions,
  ValidationData,
} from "./contract/run-options.js";
export type { EpochLoopView, EvaluationLoopView, FitLoopView } from "./contract/loop-views.js";
export type { TrainerFlags } from "./contract/trainer-flags.js";
export type { Progress, ProgressCounts } from "./words/loop-progress.js";
export type { BatchOf, PredictionOf } from "./contract/batch-of.js";
export type { DataModuleFor, Loader, LoaderFor, Loaders, TrainLoaders } from "./contract/loaders.js";
export type { ClipGradientsOptions, ClippingAlgorithm } from "./words/clipping.js";
export type { LRSchedulersOf, OptimizersOf, SchedulersFrom } from "./contract/returned-optimizers.js";
export type { TrainerOptions } from "./options/trainer-options.js";
export type { BatchLimit } from "./words/batch-limit.js";
export type { Duration } from "./words/duration.js";
export type { FitResult } from "./words/fit-result.js";
export type { RunningStage, Stage, TrainerState, TrainerStatus } from "./words/stages.js";
export type { CheckpointContent } from "./words/checkpoint-content.js";
export type { StepOutput, TrainingStepResult } from "./words/step-output.js";
export type { LogOptions, ReduceFx } from "./words/log-options.js";

export { LearningRateFinder, type LearningRateFinderOptions } from "./tuner/learning-rate-finder.js";
export type { LRAttributeOptions } from "./tuner/apply-learning-rate.js";
export type { LRRangeOptions } from "./tuner/find-learning-rate.js";
export { LRFinder, type LRFinderResults, type RampMode } from "./tuner/lr-finder.js";
export type { SkippedPoints } from "./tuner/suggest-learning-rate.js";
export { BatchSizeFinder } from "./tuner/batch-size-finder.js";
export type { BatchSizeOptions } from "./tuner/find-batch-size.js";
export { Tuner, type LRFindOptions, type ScaleBatchSizeOptions } from "./tuner/tuner.js";
export { AdvancedProfiler, type AdvancedProfilerOptions } from "./profilers/advanced-profiler.js";
export { EngineProfiler, type EngineProfilerOptions } from "./profilers/engine-profiler.js";
export type { ProfileSchedule } from "./profilers/profile-schedule.js";
export type { RecordedSpan, RecordedStretch } from "./profilers/recorded-stretch.js";
export { PassThroughProfiler } from "./profilers/pass-through-profiler.js";
export { Profiler, type ProfiledRun, type ProfilerOptions } from "./profilers/profiler.js";
export type { ProfilerName } from "./profilers/named-profilers.js";
export { SimpleProfiler, type SimpleProfilerOptions } from "./profilers/simple-profiler.js";
export type { StepPart } from "./profilers/step-part.js";

export { Callback } from "./contract/callback.js";
export { Checkpoint } from "./callbacks/checkpoint.js";
export { BackboneFinetuning, type BackboneFinetuningOptions } from "./callbacks/finetuning/backbone-finetuning.js";
export { BaseFinetuning, type UnfreezeOptions } from "./callbacks/finetuning/base-finetuning.js";
export { EarlyStopping, type EarlyStoppingOptions } from "./callbacks/early-stopping.js";
export { EMAWeightAveraging, type EMAWeightAveragingOptions } from "./callbacks/averaging/ema-weight-averaging.js";
export { StochasticWeightAveraging } from "./callbacks/averaging/stochastic-weight-averaging.js";
export type { StochasticWeightAveragingOptions } from "./callbacks/averaging/swa-options.js";
export { ModelPruning } from "./callbacks/pruning/model-pruning.js";
export type {
  ModelPruningOptions,
  PrunedField,
  PruningInput,
  PruningMethod,
  PruningName,
} from "./callbacks/pruning/pruning-options.js";
export {
  BasePredictionWriter,
  type BasePredictionWriterOptions,
  type WriteInterval,
  type WrittenBatch,
  type WrittenEpoch,
} from "./callbacks/predictions/base-prediction-writer.js";
export { DeviceStatsMonitor, type DeviceStatsMonitorOptions } from "./callbacks/monitors/device-stats-monitor.js";
export { Throughput, type ThroughputOptions, type WorkDone } from "./callbacks/monitors/throughput.js";
export { ThroughputMonitor, type ThroughputMonitorOptions } from "./callbacks/monitors/throughput-monitor.js";
export { WeightAveraging, type WeightAveragingOptions } from "./callbacks/averaging/weight-averaging.js";
export { GradientNormMonitor, gradNorm, type GradientNormMonitorOptions } from "./callbacks/gradient-norm-monitor.js";
export type {
  CheckpointCallback,
  EarlyStoppingCallback,
  ProgressBarCallback,
  StoppingReason,
} from "./contract/known-callbacks.js";
export { GradientAccumulationScheduler } from "./callbacks/gradient-accumulation-scheduler.js";
export { LambdaCallback } from "./callbacks/lambda-callback.js";
export { LearningRateMonitor, type LearningRateMonitorOptions } from "./callbacks/learning-rate-monitor.js";
export { ModelCheckpoint } from "./callbacks/model-checkpoint.js";
export type { ModelCheckpointOptions } from "./callbacks/model-checkpoint-options.js";
export { RichModelSummary, type RichModelSummaryOptions } from "./callbacks/rich-model-summary.js";
export { ModelSummary, type ModelSummaryOptions } from "./callbacks/model-summary.js";
export { OnExceptionCheckpoint, type OnExceptionCheckpointOptions } from "./callbacks/on-exception-checkpoint.js";
export { type BarScreen, ProgressBar, type ProgressBarOptions } from "./callbacks/progress-bar.js";
export type { BarLook } from "./display/bar-look.js";
export { SpikeDetection, type SpikeDetectionOptions } from "./callbacks/spikes/spike-detection.js";
export {
  RichProgressBar,
  type RichConsoleOptions,
  type RichProgressBarOptions,
} from "./callbacks/rich-progress-bar.js";
export { RichProgressBarTheme, type RichProgressBarThemeOptions } from "./callbacks/rich-progress-bar-theme.js";
export { TQDMProgressBar, type TQDMProgressBarOptions } from "./callbacks/tqdm-progress-bar.js";
export { Timer, type TimerOptions } from "./callbacks/timer.js";

export { HookError } from "./errors/hook-error.js";
export { RunError } from "./errors/run-error.js";
export { TrainingSpikeError } from "./errors/training-spike-error.js";
export { InterruptionError } from "./errors/interruption-error.js";

export {
  readModelFolder,
  readWeights,
  type ModelFolder,
  type ReadWeightsOptions,
} from "./checkpoint/weights/read-weights.js";
export {
  convertCheckpoint,
  type CheckpointFormat,
  type ConvertCheckpointOptions,
  type ConvertedCheckpoint,
} from "./checkpoint/weights/convert-checkpoint.js";
export { toLightningCheckpoint, type LightningFile } from "./checkpoint/torch/to-lightning.js";
