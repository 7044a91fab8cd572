import type { HostTensor } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * What a checkpoint may hold: plain values and tensors, nested. Functions, classes and `undefined` fields are refused
 * or left out.
 */
export type CheckpointValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Tensor
  | HostTensor
  | Uint8Array
  | ReadonlyMap<string, CheckpointValue>
  | readonly CheckpointValue[]
  | { readonly [key: string]: CheckpointValue };

/**
 * What comes back: maps and objects come back as objects without a prototype, tensors as `tf.TensorBuffer`s on the
 * host.
 */
export type LoadedValue = string | number | boolean | null | Uint8Array | HostTensor | LoadedValue[] | LoadedTree;
export interface LoadedTree {
  [key: string]: LoadedValue;
}

export interface SaveOptions {
  /**
   * The entry of the tree whose tensors keep their own names in the file, e.g. `"state_dict"`; all others are prefixed
   * by their path.
   */
  readonly weights?: string | undefined;
  /**
   * The run that writes. It stands in the names of temporary files, so that a run that goes on finds what it left
   * behind when it was killed.
   */
  readonly owner?: string | undefined;
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
  /**
   * Makes files that were saved in the folder at this path the checkpoint that is there, all of them at once; the path
   * is then loaded and removed as any other. Absent where a store has no folders.
   * @param shards names in the folder, the first rank's first
   * @throws CheckpointWriteError
   */
  commitShards?: ((path: string, shards: readonly string[], options?: SaveOptions) => Promise<void>) | undefined;
  /** @throws CheckpointNotFoundError, CheckpointFormatError */
  load(path: string): Promise<LoadedTree>;
  /**
   * All tensors under their names in the file; also of files that other tools wrote.
   * @throws CheckpointNotFoundError, CheckpointFormatError
   */
  loadTensors(path: string): Promise<Map<string, HostTensor>>;
  /** Removes the checkpoint at this path; nothing happens where none is. */
  remove(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Waits for everything that is still being written, and reports what went wrong with it. */
  teardown(): Promise<void>;
}
