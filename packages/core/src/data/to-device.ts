import { type Tensor, TensorBuffer, tensor, type DataType, type Rank } from "@tensorflow/tfjs-core";
import { mapTree } from "../tree/tree.js";

/**
 * A batch after its move to the device: every TensorBuffer is a tensor of the same rank, everything else is as it was.
 * What nobody has typed (`any`) stays so.
 */
export type OnDevice<TBatch> = 0 extends 1 & TBatch
  ? TBatch
  : TBatch extends TensorBuffer<infer TRank, DataType>
    ? Tensor<TRank>
    : TBatch extends Tensor | string | ArrayBufferView | ((...parts: never[]) => unknown)
      ? TBatch
      : TBatch extends Map<string, infer TValue>
        ? Map<string, OnDevice<TValue>>
        : TBatch extends object
          ? { [TKey in keyof TBatch]: OnDevice<TBatch[TKey]> }
          : TBatch;

/** `OnDevice`, for comparing with what a step takes: where the rank of a tensor is not known, any rank is right. */
export type ComparableBatch<TBatch> = 0 extends 1 & TBatch
  ? TBatch
  : TBatch extends TensorBuffer<infer TRank, DataType>
    ? Rank extends TRank
      ? Tensor<never>
      : Tensor<TRank>
    : TBatch extends Tensor | string | ArrayBufferView | ((...parts: never[]) => unknown)
      ? TBatch
      : TBatch extends Map<string, infer TValue>
        ? Map<string, ComparableBatch<TValue>>
        : TBatch extends object
          ? { [TKey in keyof TBatch]: ComparableBatch<TBatch[TKey]> }
          : TBatch;

/**
 * What a batch can be on the host if it is to be this one on the device: where it has a tensor, a TensorBuffer of the
 * same rank, or a tensor that is there already.
 */
export type HostBatch<TBatch> = unknown extends TBatch
  ? TBatch
  : TBatch extends Tensor<infer TRank>
    ? TBatch | TensorBuffer<TRank, DataType>
    : TBatch extends TensorBuffer<Rank, DataType> | string | ArrayBufferView | ((...parts: never[]) => unknown)
      ? TBatch
      : TBatch extends Map<string, infer TValue>
        ? Map<string, HostBatch<TValue>>
        : TBatch extends object
          ? { [TKey in keyof TBatch]: HostBatch<TBatch[TKey]> }
          : TBatch;

/**
 * Uploads every `TensorBuffer` in a nested batch to the current backend; tensors and all other leaves stay as they are.
 * The tensors belong to the scope that is open.
 */
export function toDevice<TBatch>(batch: TBatch): OnDevice<TBatch>;
export function toDevice(batch: unknown): unknown {
  return mapTree(batch, (leaf) => (leaf instanceof TensorBuffer ? tensor(leaf.values, leaf.shape, leaf.dtype) : leaf));
}
