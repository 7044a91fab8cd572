export {
  Callback,
  Checkpoint,
  CombinedLoader,
  EarlyStopping,
  HookError,
  InterruptionError,
  LightningDataModule,
  LightningModule,
  LightningOptimizer,
  ModelCheckpoint,
  ModelSummary,
  ProgressBar,
  Timer,
  Trainer,
} from "@lightning-ts/pytorch";
export type {
  EarlyStoppingOptions,
  FitOptions,
  FitResult,
  ModelCheckpointOptions,
  OptimizersReturn,
  Stage,
  StepOutput,
  TrainerOptions,
  TrainingStepResult,
} from "@lightning-ts/pytorch";
export { CSVLogger, Fabric, TensorBoardLogger } from "@lightning-ts/fabric";
export type { CSVLoggerOptions, FabricOptions, Logger, TensorBoardLoggerOptions } from "@lightning-ts/fabric";
export { LightningError, MisconfigurationError, seedEverything } from "@lightning-ts/core";
