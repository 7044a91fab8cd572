import type { Tensor } from "@tensorflow/tfjs-core";

/** Names and live tensors of a module, under PyTorch's keys. The tensors are the module's own: do not dispose them. */
export type StateDict = Map<string, Tensor>;

/** Values on the host: a `tf.TensorBuffer`, or what a codec returns. */
export interface HostValue {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number | bigint | boolean | string>;
}

/** What `loadStateDict` accepts: tensors or host values by key. */
export type StateDictInput = ReadonlyMap<string, Tensor | HostValue> | Readonly<Record<string, Tensor | HostValue>>;

export interface LoadStateDictOptions {
  /** Throw when keys are missing or left over; shapes must fit in any case. @default true */
  readonly strict?: boolean | undefined;
}

export interface LoadStateDictResult {
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
}
