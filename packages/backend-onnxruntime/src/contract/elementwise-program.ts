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
  /** Elements of an array that are copied into the program's memory at once, where the array does not lie in it. */
  readonly chunkElements: number;
  /**
   * Float32 that an element has in each array, where it is a row and not a number; `run` then gets elements in place of
   * bytes. `chunkElements` of an array of single numbers are at least one element of every array.
   */
  readonly lengths?: readonly number[] | undefined;
  /**
   * WebAssembly with SIMD that imports `env.memory`, which is shared, and exports `run(bytes: i32, ...addresses: i32,
   * ...scalars: f32)`. Each array, inputs before outputs, has an address, a multiple of 16; so is `bytes`.
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
