import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { LIBRARY_VARIABLE, type LibraryOptions } from "../../session/library-location.js";
import type { EngineAvailability } from "../availability.js";
import { locateCudaLibrary } from "./cuda-library.js";
import { CUDA_PROVIDER } from "./cuda-wheel.js";
import { cudaDriver } from "./cuda-driver.js";

const PROVIDER_FILE: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: CUDA_PROVIDER,
  win32: "onnxruntime_providers_cuda.dll",
};

/** Whether the machine has a GPU that its driver knows, and a library is there that has a part for CUDA. */
export function cudaAvailability(options: LibraryOptions): EngineAvailability {
  const file = PROVIDER_FILE[process.platform];
  if (file === undefined)
    return { isAvailable: false, reason: `CUDA does not exist on ${process.platform}; WebGPU does.` };
  const driver = cudaDriver();
  if (driver.names.length === 0) return { isAvailable: false, reason: driver.reason };
  const location = locateCudaLibrary(options);
  if (!location.isFound) return { isAvailable: false, reason: location.reason, install: location.install };
  const { path: libraryPath } = location;
  if (existsSync(join(dirname(libraryPath), file))) return { isAvailable: true };
  return {
    isAvailable: false,
    reason: `${driver.names.join(", ")} is there, but ONNX Runtime's library at ${libraryPath} has no part for CUDA (${file}).`,
    install: `pip install "onnxruntime-gpu[cuda,cudnn]" in the active Python environment, or name its onnxruntime/capi/libonnxruntime.so.* in the environment variable ${LIBRARY_VARIABLE}`,
  };
}
