export type { OnnxRuntimeOptions } from "./backend/backend-options.js";
export { DEVICE_NAMES, type DeviceName } from "./contract/device-name.js";
export type { EngineStatistics } from "./backend/engine-statistics.js";
export { OnnxRuntimeBackend } from "./backend/onnxruntime-backend.js";
export type {
  EngineProfile,
  OperationOrigin,
  EngineNode,
  EngineOperation,
  EngineRun,
  ProfileInProgress,
} from "./contract/engine-profile.js";
export type {
  AdamAttributes,
  ConvAttributes,
  CrossEntropyAttributes,
  FusedActivation,
  FusedKernelName,
  FusedKernels,
  PoolAttributes,
  RecurrentAttributes,
  SgdAttributes,
} from "./contract/fused-kernels.js";
export { EngineError, type EngineErrorOptions } from "./errors/engine-error.js";
export { EngineUnavailableError } from "./errors/engine-unavailable-error.js";
export { FusedKernelError } from "./errors/fused-kernel-error.js";
export { GraphCompileError } from "./errors/graph-compile-error.js";
export { GraphRunError } from "./errors/graph-run-error.js";
export { OutOfMemoryError, type HeldMemory, type OutOfMemoryOptions } from "./errors/out-of-memory-error.js";
export { exportModel } from "./export/export-model.js";
export type { ExportInput, ExportRequest } from "./export/export-request.js";
export { fallbackKernelNames } from "./kernels/register-kernels.js";
export { BACKEND_NAME, backendNameOf, registerOnnxRuntime } from "./register-onnxruntime.js";
export type { EngineAvailability } from "./devices/availability.js";
export { deviceHardware } from "./devices/device-hardware.js";
export type { Hardware } from "./devices/hardware.js";
export { engineAvailability } from "./devices/engine-availability.js";
