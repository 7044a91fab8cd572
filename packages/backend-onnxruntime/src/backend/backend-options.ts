import type { GraphRunner } from "../contract/graph-runner.js";

/** Options of `registerOnnxRuntime`. */
export interface OnnxRuntimeOptions {
  /** Native threads; they belong to the process and cannot change later. @default as many as the machine has cores */
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
