import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { LIBRARY_VARIABLE } from "../../session/library-location.js";
import type { EngineAvailability } from "../availability.js";
import { cudaDriver } from "./cuda-driver.js";

const PROVIDER_FILE: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: "libonnxruntime_providers_cuda.so",
  win32: "onnxruntime_providers_cuda.dll",
};

/** Whether the library has a part for CUDA beside it, and the machine a GPU that its driver knows. */
export function cudaAvailability(libraryPath: string): EngineAvailability {
  const file = PROVIDER_FILE[process.platform];
  if (file === undefined)
    return { isAvailable: false, reason: `CUDA does not exist on ${process.platform}; WebGPU does.` };
  const driver = cudaDriver();
  if (driver.names.length === 0) return { isAvailable: false, reason: driver.reason };
  if (existsSync(join(dirname(libraryPath), file))) return { isAvailable: true };
  return {
    isAvailable: false,
    reason: `${driver.names.join(", ")} is there, but ONNX Runtime's library at ${libraryPath} has no part for CUDA (${file}).`,
    install: `pip install "onnxruntime-gpu[cuda,cudnn]", and name its onnxruntime/capi/libonnxruntime.so.* in the environment variable ${LIBRARY_VARIABLE}`,
  };
}
