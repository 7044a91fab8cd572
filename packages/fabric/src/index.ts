export type { Accelerator, DevicesOption, MachineShare } from "./accelerators/accelerator.js";
export type { Device } from "./accelerators/device.js";
export type {
  CheckpointStore,
  CheckpointValue,
  LoadedTree,
  LoadedValue,
  SaveOptions,
} from "./checkpoint/checkpoint-store.js";
export type {
  Collective,
  CollectiveBuffer,
  CollectiveCall,
  CollectiveWork,
  ProcessGroup,
  ReduceOp,
} from "./collectives/collective.js";
export type { ClusterEnvironment, Requeue } from "./environments/cluster-environment.js";
export type { FinalStatus, KeptCheckpoints, LogImage, Logger } from "./loggers/logger.js";
export { completePorts, defaultPort } from "./ports/default-ports.js";
export { LazyScalar } from "./loggers/lazy-scalar.js";
export { isLogger, listOfLoggers } from "./loggers/list-of-loggers.js";
export { LoggerGroup } from "./loggers/logger-group.js";
export { Messages } from "./messages/messages.js";
export { RunWarnings } from "./messages/run-warnings.js";
export { warnOnce } from "./messages/warn-once.js";
export type { Ports } from "./ports/ports.js";
export type {
  MessageBuffer,
  MessageCall,
  MessagePassing,
  MessageProcesses,
  MessageRequest,
  StartedCall,
} from "./ports/message-passing.js";
export type {
  JoinedRanks,
  JoinRequest,
  RankListener,
  RankProcess,
  RankProcesses,
  SharedMemory,
} from "./ports/ranks.js";
export type { Precision, PrecisionState } from "./precision/precision.js";
export type { BackwardOptions, OpenGradient, Strategy, StrategyParts } from "./strategies/strategy.js";
export type { Decision } from "./strategies/decision.js";
export type { ClipGradNormOptions } from "./strategies/clip-options.js";
export type { TrainableModule, TrainableOptimizer } from "./precision/trainable.js";
export type { Connection } from "./connect/connection.js";
export type {
  AcceleratorName,
  ConnectOptions,
  Plugin,
  PrecisionOption,
  StrategyName,
} from "./connect/connect-options.js";
export { OptionProblems } from "./connect/option-problems.js";
export { dummyLogger } from "./loggers/dummy-logger.js";
export { CSVLogger, type CSVLoggerOptions } from "./loggers/csv-logger.js";
export { TensorBoardLogger, type TensorBoardLoggerOptions } from "./loggers/tensorboard-logger.js";
export { detectEnvironment } from "./environments/detect-environment.js";
export { KubeflowEnvironment } from "./environments/kubeflow-environment.js";
export { LightningEnvironment } from "./environments/lightning-environment.js";
export { LsfEnvironment } from "./environments/lsf-environment.js";
export { MpiEnvironment } from "./environments/mpi-environment.js";
export { SlurmEnvironment, type SlurmEnvironmentOptions } from "./environments/slurm-environment.js";
export { TorchElasticEnvironment } from "./environments/torch-elastic-environment.js";
export { SingleDeviceCollective } from "./collectives/single-device-collective.js";
export { cpu, CpuAccelerator, type CpuOptions } from "./accelerators/cpu-accelerator.js";
export {
  cuda,
  gpu,
  GpuAccelerator,
  webgpu,
  type CudaAcceleratorOptions,
  type GpuName,
  type WebGpuAcceleratorOptions,
} from "./accelerators/gpu-accelerator.js";
export {
  CheckpointFormatError,
  CheckpointMismatchError,
  CheckpointNotFoundError,
  CheckpointValueError,
  CheckpointReadError,
  CheckpointWriteError,
} from "./checkpoint/checkpoint-errors.js";
export { AsyncCheckpointStore } from "./checkpoint/async-checkpoint-store.js";
export { isTree } from "./checkpoint/pack-tree.js";
export { isFileError } from "./checkpoint/file-error.js";
export { makeFolder } from "./checkpoint/make-folder.js";
export { randomId } from "./checkpoint/random-id.js";
export { replaceFile } from "./checkpoint/replace-file.js";
export { RunIsAliveError } from "./checkpoint/run-is-alive-error.js";
export type { LockContent } from "./checkpoint/lock-files.js";
export { RunLock, type LockPorts, type RunLockOptions } from "./checkpoint/run-lock.js";
export { removeLeftovers, temporaryPath } from "./checkpoint/temporary-files.js";
export {
  SummaryWriter,
  type EmbeddingOptions,
  type ImageFormat,
  type LogValues,
  type SummarySink,
} from "./loggers/tensorboard/summary-writer.js";
export { takeVersionFolder } from "./loggers/version-folder.js";
export { SafetensorsCheckpointStore } from "./checkpoint/safetensors-checkpoint-store.js";
export { CollectiveArgumentError, collectiveMismatch, requireRankIn } from "./collectives/check-call.js";
export { CONNECT_OPTION_NAMES, connect, connectParts, type UncheckedConnectOptions } from "./connect/connect.js";
export { optionsFromEnvironment, type EnvironmentOptions } from "./connect/options-from-environment.js";
export { unknownNameError } from "./connect/unknown-name-error.js";
export { CollectiveMismatchError } from "./errors/collective-mismatch-error.js";
export { CollectiveTimeoutError } from "./errors/collective-timeout-error.js";
export { MessagePassingError } from "./errors/message-passing-error.js";
export { RankFailedError } from "./errors/rank-failed-error.js";
export { SpawnedFunctionError } from "./errors/spawned-function-error.js";
export type { CollectiveCallDetails } from "./errors/collective-call-details.js";
export { NotLaunchedError } from "./errors/not-launched-error.js";
export { UnsupportedPrecisionError } from "./errors/unsupported-precision-error.js";
export { gradientNormsHere, type GradientNorms } from "./strategies/gradient-norms.js";
export { DDPStrategy, type DDPStrategyOptions } from "./strategies/ddp/ddp-strategy.js";
export { FSDPStrategy, type FSDPStrategyOptions } from "./strategies/fsdp/fsdp-strategy.js";
export type { FSDPStage, StateDictType } from "./strategies/fsdp/read-stage.js";
export { SingleDeviceStrategy } from "./strategies/single-device-strategy.js";
export { FullPrecision } from "./precision/full-precision.js";
export { HalfPrecision } from "./precision/half-precision.js";
export { LossScaler, type LossScalerOptions, type LossScalerState } from "./precision/loss-scaler.js";
export { Bfloat16MixedPrecision, MixedPrecision } from "./precision/mixed-precision.js";
export { compareOptimizers, compareSchedulers, compareSetups, type SetupDifference } from "./setups/compare-setups.js";
export {
  describeComputing,
  describeLayer,
  describeLoader,
  describeOptimizer,
  describeSchedule,
  layersOf,
} from "./setups/describe-parts.js";
export { requireSameNames } from "./setups/require-same-names.js";
export {
  readRunSetup,
  RUN_SETUP_KEY,
  settingsOf,
  type OptimizerSetup,
  type RunSetup,
  type SchedulerSetup,
  type Settings,
  type SettingValue,
} from "./setups/run-setup.js";
export { optionsOf, setOptions } from "./setups/set-options.js";
export { tellDifferences, type OptionsFrom } from "./setups/tell-differences.js";
export { VERSION } from "./setups/version.js";
export { Fabric } from "./fabric/fabric.js";
export type { FabricOptions } from "./fabric/fabric-options.js";
export type { ClipGradientsOptions } from "./fabric/clip-request.js";
export type { FabricState, SaveFilter } from "./fabric/save-state.js";
export { seedEverything, type SeedOptions } from "./fabric/seed-everything.js";
export type { LoaderOptions, SetUpLoaders } from "./fabric/set-up.js";
export type { SetupModule } from "./fabric/as-trainable-module.js";
export type { OptimizerInput, SetupOptimizer, SetUpOptimizers } from "./fabric/as-trainable-optimizer.js";
export type { FabricDataLoader } from "./wrappers/fabric-data-loader.js";
export type { FabricModule, FabricModuleExtras } from "./wrappers/fabric-module.js";
export type { FabricOptimizer, FabricOptimizerExtras } from "./wrappers/fabric-optimizer.js";
export { rankZeroOnly } from "./environments/rank-zero-only.js";
export { shareOfRank, type RankShare } from "./wrappers/share-of-rank.js";
export { boundProxy, type MethodOverride, type ProxyPlan } from "./wrappers/bound-proxy.js";
export { isWrapped } from "./wrappers/wrapped-objects.js";
export { isTfOptimizer, TfOptimizerAdapter } from "./wrappers/tf-optimizer.js";
export { restoreTfOptimizer, tfOptimizerState } from "./fabric/object-state.js";
