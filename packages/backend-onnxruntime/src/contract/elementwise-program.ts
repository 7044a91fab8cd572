import type { GraphBuffer } from "./graph-buffer.js";

/**
 * A computation on corresponding float32 elements of several arrays, run outside of ONNX graphs:
 * one pass over memory instead of one for every operation.
 */
export interface ElementwiseProgram {
  readonly kind: "elementwise";
  /** Programs with the same key are the same. */
  readonly key: string;
  readonly inputCount: number;
  readonly outputCount: number;
  /** Elements that a call works on at most. */
  readonly chunkElements: number;
  /**
   * WebAssembly with SIMD that imports `env.memory` (four pages) and exports `run(bytes: i32, ...scalars: f32)`.
   * Array k, inputs before outputs, begins at `k * chunkElements * 4`; `bytes` is a multiple of 16.
   */
  readonly module: Uint8Array<ArrayBuffer>;
}

/**
 * A program over a list of tensors: array k of tensor i is `inputs[k * n + i]`, n being the number of tensors; outputs
 * likewise.
 */
export interface ProgramRequest {
  readonly program: ElementwiseProgram;
  /** Converted to float32. */
  readonly scalars: readonly number[];
  /** Elements of every tensor. */
  readonly elementCounts: readonly number[];
  readonly inputs: readonly GraphBuffer[];
  /** An output may be an input of the same tensor, which is then overwritten. */
  readonly outputs: readonly GraphBuffer[];
}
