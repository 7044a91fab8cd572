import "./backend/start-on-first-use.js";
import "./kernels/repeated-batches.js";
import "./kernels/segment-sums.js";
import "./kernels/tfjs-gradients.js";

export { LightningError, type LightningErrorOptions } from "./errors/lightning-error.js";
export { hasUserFrame, showUserFirst } from "./errors/user-frames.js";
export { MisconfigurationError } from "./errors/misconfiguration-error.js";

export { classNameOf, withoutBundlerMark } from "./errors/class-name.js";
export { describeValue } from "./errors/describe-value.js";
export { visibleName, visibleText } from "./errors/visible-text.js";
export { holdsNaN, isAmount, isCount, isFloat } from "./errors/saved-numbers.js";
export { nearestName } from "./errors/nearest-name.js";
export { rejectUnknownOptions } from "./errors/reject-unknown-options.js";

export {
  chosenSeed,
  isolateRandom,
  randomState,
  restoreRandomState,
  seedEverything,
  type RandomState,
} from "./random/global-random.js";
export { setRankOfSeeds } from "./random/rank-of-seeds.js";
export { RandomStream, type RandomStreamState } from "./random/random-stream.js";
export { isPromiseLike } from "./tree/is-promise-like.js";
export { refusePromise } from "./tree/refuse-promise.js";
export { flattenTree, isPlainObject, mapTree, tensorsIn, type TreeLeaf } from "./tree/tree.js";

export { ArrayDataset } from "./data/array-dataset.js";
export type { Collated, RankAbove } from "./data/collated.js";
export { ChainDataset } from "./data/chain-dataset.js";
export { ConcatDataset } from "./data/concat-dataset.js";
export { DataLoader, lendBatches, type LoaderOf, type DataOf, type DataLoaderState } from "./data/data-loader.js";
export type { DataLoaderOptions, LoaderOptions } from "./data/data-loader-options.js";
export { IterableDataset, type Dataset, type IterableDatasetState } from "./data/dataset.js";
export { checkIndex, DatasetError } from "./data/dataset-error.js";
export { CollateError, defaultCollate } from "./data/default-collate.js";
export { requireFiles, setFiles } from "./data/file-port.js";
export type { FloatArray, HostTensor, IntegerArray } from "./data/host-tensor.js";
export { BatchSampler, type BatchSamplerOptions } from "./data/samplers/batch-sampler.js";
export { DistributedSampler, type DistributedSamplerOptions } from "./data/samplers/distributed-sampler.js";
export { RandomSampler, type RandomSamplerOptions } from "./data/samplers/random-sampler.js";
export type { BatchIndices, Sampler, SamplerState, Sized } from "./data/samplers/sampler.js";
export { SeededSampler, type SeedOptions } from "./data/samplers/seeded-sampler.js";
export type { Sample } from "./data/sample.js";
export { SequentialSampler } from "./data/samplers/sequential-sampler.js";
export { SubsetRandomSampler } from "./data/samplers/subset-random-sampler.js";
export { WeightedRandomSampler, type WeightedRandomSamplerOptions } from "./data/samplers/weighted-random-sampler.js";
export { StackDataset, type StackedDatasets, type StackedItem } from "./data/stack-dataset.js";
export { Subset, randomSplit } from "./data/subset.js";
export type { Floats, Ints, RowOf } from "./data/host-rows.js";
export type { TensorColumn } from "./data/tensor-column.js";
export { TensorDataset, type TensorRow } from "./data/tensor-dataset.js";
export { serveDataWorker } from "./data/workers/serve-data-worker.js";
export { setThreads } from "./data/workers/thread-port.js";
export { workerInfo, type WorkerInfo } from "./data/workers/worker-info.js";
export type { BuiltInSource, ModuleExport, WorkerSource } from "./data/workers/worker-source.js";
export { toDevice, type ComparableBatch, type HostBatch, type OnDevice } from "./data/to-device.js";

export { decodeBase64, encodeBase64 } from "./codecs/base64.js";
export { CodecError } from "./codecs/codec-error.js";
export { decodeSafetensor, decodeSafetensors, type SafetensorsContent } from "./codecs/decode-safetensors.js";
export { encodeSafetensors, writeSafetensors, type SafetensorsSource } from "./codecs/encode-safetensors.js";
export { decodeJson, encodeJson, type JsonValue, type VersionedJson } from "./codecs/json-codec.js";
export {
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./codecs/safetensors-header.js";
export type { SafetensorsDType } from "./codecs/safetensors-dtypes.js";

export * as charts from "./charts/index.js";
export * as distributions from "./distributions/namespace.js";
export * as optim from "./optim/namespace.js";
export { Optimizer } from "./optim/optimizer.js";
export type {
  AnyOptimizerState,
  OptimizerState,
  OptimizerStateValue,
  SavedParamGroup,
} from "./optim/optimizer-state.js";
export type { CommonGroupOptions, ParamGroup, ParamGroupOptions, Params } from "./optim/param-group.js";
export { LRScheduler, type LRSchedulerState } from "./optim/lr-scheduler/lr-scheduler.js";
export { OneCycleLR } from "./optim/lr-scheduler/one-cycle-lr.js";
export { ReduceLROnPlateau } from "./optim/lr-scheduler/reduce-lr-on-plateau.js";

export type { AsyncContext } from "./ports/async-context.js";
export type { Clock } from "./ports/clock.js";
export type { CpuProfile, CpuProfileNode, CpuProfiler } from "./ports/cpu-profiler.js";
export type { Environment } from "./ports/environment.js";
export type { FileStat, FileSystem, WritableFile } from "./ports/file-system.js";
export type { CpuTimes, EventLoopDelay, EventLoopWatch, Machine, MachineMemory } from "./ports/machine.js";
export type { Processes, ProcessIdentity } from "./ports/processes.js";
export type { OverRanks, RankExchange } from "./ports/rank-exchange.js";
export type { ProcessSignal, Signals } from "./ports/signals.js";
export type { Drawing, Interception, Terminal } from "./ports/terminal.js";
export type { Thread, ThreadListener, Threads, ThreadSide } from "./ports/threads.js";

export type {
  Availability,
  BackendCapabilities,
  BackendMemory,
  BackendOptions,
  Hardware,
  PrecisionName,
  TrainingBackend,
} from "./backend/training-backend.js";
export type {
  EngineProfile,
  OperationOrigin,
  EngineNode,
  EngineOperation,
  EngineRun,
  ProfileInProgress,
} from "@lightning-ts/backend-onnxruntime";

export { DisposedTensorError } from "./errors/disposed-tensor-error.js";
export { ForeignScopeError } from "./errors/foreign-scope-error.js";
export { FreedGraphError } from "./errors/freed-graph-error.js";
export { ModifiedVariableError } from "./errors/modified-variable-error.js";
export { NonFiniteGradientError } from "./errors/non-finite-gradient-error.js";
export { NoGradientError } from "./errors/no-gradient-error.js";

export { carry } from "./tensor/carry.js";
export { detach } from "./tensor/detach.js";
export type { LentBatches } from "./data/lent-batches.js";
export { giveBackBatch } from "./tensor/give-back-batch.js";
export { holdValue } from "./tensor/hold-value.js";
export { item } from "./tensor/item.js";
export { keep } from "./tensor/keep.js";
export {
  draftTensor,
  lendFloats,
  lendFloatsNow,
  startInOrder,
  type FloatLoan,
  type TensorDraft,
} from "./tensor/lent-values.js";
export { canPlaceResults, liesIn, startInPlaces } from "./tensor/placed-values.js";
export { meansOfPlaces } from "./kernels/means-of-places.js";
export { rememberForRollback } from "./tensor/rollback.js";
export { enableGrad, isGradEnabled, noGrad } from "./tensor/recording.js";
export {
  awaitOutside,
  outsideScope,
  currentScope,
  tensorScope,
  TensorScope,
  type TensorScopeOptions,
} from "./tensor/tensor-scope.js";
export { RunTasks } from "./tensor/run-tasks.js";
export {
  countRuns,
  currentFlow,
  originFlow,
  follow,
  hasAsyncContext,
  setAsyncContext,
  type Flow,
} from "./tasks/async-context.js";
export { tf } from "./tensor/tf.js";

export { backward, type BackwardOptions } from "./autograd/backward.js";
export { clipGradNorm, clipGradsWithNorm, clipGradValue, type ClipGradNormOptions } from "./nn/utils/clip-gradients.js";
export { grad, type GradOptions } from "./autograd/grad.js";
export { requireGradsHere, setGradElsewhere } from "./autograd/gradients-elsewhere.js";
export { gradOf, setGrad } from "./autograd/gradients-of-variables.js";
export { Buffer, Parameter, type ParameterOptions } from "./autograd/parameter.js";

export { ShapeError } from "./errors/shape-error.js";
export { StateDictError, type ShapeMismatch } from "./errors/state-dict-error.js";
export * as nn from "./nn/index.js";
export * as F from "./nn/functional/index.js";
export { functionalCall, type FunctionalCallOptions, type NamedTensors } from "./nn/functional-call.js";
export { slogdet } from "./ops/slogdet.js";
export { aroundForward } from "./nn/around-forward.js";
export { fileFormatOf, noteFileFormat } from "./nn/file-format.js";
export { inLayer } from "./nn/in-layer.js";
export { LayerTrace, type LayerOrigin } from "./nn/layer-trace.js";
export { Module } from "./nn/module.js";
export type {
  HostValue,
  LoadStateDictOptions,
  LoadStateDictResult,
  StateDict,
  StateDictInput,
} from "./nn/state-dict.js";
export { isMetric, Metric, type MetricStateOptions, type MetricValue } from "./metric/metric.js";
export { drawnValue } from "./metric/plot-metric.js";
export { plotRanged, type PlotOptions, plotValues, type ValueRange } from "./metric/plot-values.js";
export { tallyClasses, tallyLabels, type TallyBatch, type TallyStates } from "./metric/tallies.js";
export type { MetricList } from "./metric/metric-list.js";
export type { MetricMerge, MetricReduction, MetricState, MetricStateInput } from "./metric/metric-state.js";
export { exportOnnx, type ExportOnnxOptions } from "./export/export-onnx.js";
export { assertTrainable } from "./nn/assert-trainable.js";

export { BackendCannotTrainError } from "./errors/backend-cannot-train-error.js";
export { BackendUnavailableError } from "./errors/backend-unavailable-error.js";
export { availableBackends, currentBackend, knownBackends, registerBackend } from "./backend/backend-registry.js";
export { ENGINE_BACKENDS } from "./backend/engine-backends.js";
export { resolveBackend, type ResolvedBackend } from "./backend/resolve-backend.js";
