import type { DeviceName } from "../contract/device-name.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { JavaScriptRunner } from "./javascript/javascript-runner.js";
import { type LibraryOptions, locateLibrary } from "../session/library-location.js";
import { CpuRunner } from "./cpu/cpu-runner.js";
import { locateCudaLibrary } from "./cuda/cuda-library.js";
import { cudaLibraryFolders } from "./cuda/cuda-wheel.js";
import { preloadCuda } from "./cuda/preload-cuda.js";
import { openLibrary } from "../session/ort-runtime.js";
import { type CudaOptions, cudaDevice } from "./cuda/cuda-device.js";
import { GpuRunner } from "./gpu/gpu-runner.js";
import { type WebGpuOptions, webGpuDevice } from "./webgpu/webgpu-device.js";

export interface GraphRunnerOptions extends LibraryOptions, WebGpuOptions, CudaOptions {
  /** What computes. @default "cpu" */
  readonly device?: DeviceName | undefined;
  /**
   * Threads that compute; they belong to the process, so the first use decides. @default as many as the machine has
   * cores
   */
  readonly threads?: number | undefined;
  /**
   * How ONNX Runtime is called: `"c-api"` shares memory with it and leaves the event loop free; `"javascript"` is the
   * slower interface of the package onnxruntime-node. @default the first of them that works
   */
  readonly interface?: "c-api" | "javascript" | undefined;
  /**
   * With the C API: each graph writes a profile, a JSON file whose name begins with this path, when it is released or
   * the runner closes.
   */
  readonly profilePrefix?: string | undefined;
  /**
   * Hears, in one sentence, that the slower interface had to be taken, or that there is no page-locked memory.
   * @default a process warning
   */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Opens the best way to run graphs that this machine has.
 * @throws EngineUnavailableError if there is none, saying what is missing and the command that adds it
 */
export function openGraphRunner(options: GraphRunnerOptions = {}): GraphRunner {
  const { device = "cpu" } = options;
  if (device !== "cpu") return openGpuRunner(device, options);
  if (options.interface === "javascript") return new JavaScriptRunner(options);
  const location = locateLibrary(options);
  if (!location.isFound) throw new EngineUnavailableError(location);
  try {
    return new CpuRunner({
      // Where a GPU has brought another library, that one serves: a process can use one.
      libraryPath: location.isChosen ? location.path : (openLibrary() ?? location.path),
      threads: options.threads,
      profilePrefix: options.profilePrefix,
    });
  } catch (cause) {
    if (!(cause instanceof EngineUnavailableError) || options.interface === "c-api" || location.isChosen) throw cause;
    const runner = new JavaScriptRunner(options);
    const warn = options.onWarning ?? ((message: string) => process.emitWarning(message));
    warn(
      `ONNX Runtime is called through its JavaScript interface, which copies results and blocks the event loop: ${cause.message}`,
    );
    return runner;
  }
}

function openGpuRunner(device: Exclude<DeviceName, "cpu">, options: GraphRunnerOptions): GraphRunner {
  const location = device === "cuda" ? locateCudaLibrary(options) : locateLibrary(options);
  if (!location.isFound) throw new EngineUnavailableError(location);
  if (device === "cuda") preloadCuda(cudaLibraryFolders(location.path));
  const { threads, profilePrefix, onWarning } = options;
  const gpu = device === "webgpu" ? webGpuDevice(options) : cudaDevice(options);
  return new GpuRunner(gpu, { libraryPath: location.path, threads, profilePrefix, onWarning });
}
