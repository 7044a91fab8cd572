import type { DeviceName } from "../contract/device-name.js";
import type { GraphRunner } from "../contract/graph-runner.js";

/** Options of `registerOnnxRuntime`. */
export interface OnnxRuntimeOptions {
  /**
   * What computes: the processor, any GPU through WebGPU (Vulkan, Metal, Direct3D 12), or one of NVIDIA's through CUDA.
   * Each is a tfjs backend of its own: `"onnxruntime"`, `"onnxruntime-webgpu"`, `"onnxruntime-cuda"`. @default "cpu"
   */
  readonly device?: DeviceName | undefined;
  /** WebGPU: which of several adapters. @default "high-performance" */
  readonly powerPreference?: "high-performance" | "low-power" | undefined;
  /** CUDA: which of several GPUs. @default 0 */
  readonly deviceIndex?: number | undefined;
  /** CUDA: products round what they multiply to TF32, which is faster and errs by about 3e-4. @default false */
  readonly tf32?: boolean | undefined;
  /** CUDA: batches go to the GPU through page-locked memory, from which it copies by itself. @default false */
  readonly pinMemory?: boolean | undefined;
  /**
   * Native threads; they belong to the process and cannot change later. Graphs that one of them computes as soon run on
   * one. @default as many as the machine has cores
   */
  readonly threads?: number | undefined;
  /** Compiled graphs that are kept; the one used longest ago makes room. @default 64 */
  readonly cacheSize?: number | undefined;
  /** Recorded ops after which a graph runs although nobody asked; a loop is noticed earlier. @default 8192 */
  readonly maxGraphNodes?: number | undefined;
  /** Runs every op by itself and throws at the first that makes a NaN out of numbers. Slow. @default false */
  readonly debug?: boolean | undefined;
  /**
   * A folder into which every compiled graph is written as a new file, `graph-<process>-<thread>-1.onnx`, …, or a
   * function that gets its bytes.
   */
  readonly dumpModel?: string | ((model: Uint8Array, name: string) => void) | undefined;
  /**
   * Path of another ONNX Runtime library (`libonnxruntime.so`, `.dylib`, `.dll`). @default the one in
   * `onnxruntime-node`
   */
  readonly libraryPath?: string | undefined;
  /** Hears each warning once. @default console.warn */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** What runs the graphs. @default ONNX Runtime's C API, else the interface of `onnxruntime-node` */
  readonly runner?: GraphRunner | undefined;
}
