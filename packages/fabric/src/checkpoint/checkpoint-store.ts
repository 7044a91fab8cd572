import type { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";

/** What a checkpoint may hold: plain values and tensors, nested. Functions, classes and `undefined` fields are refused or left out. */
export type CheckpointValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Tensor
  | TensorBuffer<never>
  | Uint8Array
  | ReadonlyMap<string, CheckpointValue>
  | readonly CheckpointValue[]
  | { readonly [key: string]: CheckpointValue };

/** What comes back: `Map`s and objects come back as objects without a prototype, tensors as buffers on the host. */
export type LoadedValue = string | number | boolean | null | Uint8Array | LoadedTensor | LoadedValue[] | LoadedTree;
export interface LoadedTree {
  [key: string]: LoadedValue;
}

/** A tensor on the host, not yet on any device. */
export interface LoadedTensor {
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface SaveOptions {
  /** The entry of the tree whose tensors keep their own names in the file, e.g. `"state_dict"`; all others are prefixed by their path. */
  readonly weights?: string | undefined;
}

/** Puts trees of values and tensors into durable storage and gets them back. */
export interface CheckpointStore {
  readonly kind: "checkpoint-store";
  readonly name: string;
  /**
   * Writes all or nothing: until the promise resolves, what was at `path` before is still there, whole.
   * @throws CheckpointWriteError
   */
  save(path: string, tree: { readonly [key: string]: CheckpointValue }, options?: SaveOptions): Promise<void>;
  /** @throws CheckpointNotFoundError, CheckpointFormatError */
  load(path: string): Promise<LoadedTree>;
  /** Nothing happens where nothing is. */
  remove(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Waits for everything that is still being written, and reports what went wrong with it. */
  teardown(): Promise<void>;
}
