import { WEBGPU_TARGET } from "./webgpu-target.js";
import type { GpuDevice } from "../gpu/gpu-device.js";

export interface WebGpuOptions {
  /** Which of several adapters: the fast one, or the one that needs little power. @default "high-performance" */
  readonly powerPreference?: "high-performance" | "low-power" | undefined;
}

/** A GPU through WebGPU: Vulkan, Metal or Direct3D 12, by the library inside `onnxruntime-node`. */
export function webGpuDevice({ powerPreference = "high-performance" }: WebGpuOptions = {}): GpuDevice {
  return {
    provider: { name: "WebGPU", options: { powerPreference, preferredLayout: "NCHW" } },
    target: WEBGPU_TARGET,
    // Whatever its options are, ONNX Runtime has one for the whole process.
    context: "WebGPU",
    memoryName: "WebGPU_Buffer",
    index: 0,
    runsToTheEnd: false,
    promisesMemory: true,
  };
}
