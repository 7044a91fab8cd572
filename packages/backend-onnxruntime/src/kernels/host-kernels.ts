import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";

/** A kernel whose result the host makes at once. */
export interface HostKernel {
  readonly name: string;
  run(backend: OnnxRuntimeBackend, inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined): TensorInfo | TensorInfo[];
}

export const HOST_KERNELS: readonly HostKernel[] = [];
