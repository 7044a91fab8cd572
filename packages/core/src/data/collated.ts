import type { DataType, Rank, TensorBuffer } from "@tensorflow/tfjs-core";
import type { FloatArray, IntegerArray } from "./host-tensor.js";

/** The rank with one dimension more. */
export type RankAbove<TRank extends Rank> = Rank extends TRank
  ? Rank
  : TRank extends Rank.R0
    ? Rank.R1
    : TRank extends Rank.R1
      ? Rank.R2
      : TRank extends Rank.R2
        ? Rank.R3
        : TRank extends Rank.R3
          ? Rank.R4
          : TRank extends Rank.R4
            ? Rank.R5
            : Rank.R6;

/**
 * What the default collate makes of items of type `TItem`: numbers, booleans and arrays of numbers get a batch
 * dimension, strings become a list, arrays and objects keep their form and are collated part by part.
 */
export type Collated<TItem> = TItem extends number
  ? TensorBuffer<Rank.R1, "float32">
  : TItem extends boolean
    ? TensorBuffer<Rank.R1, "bool">
    : TItem extends string
      ? string[]
      : TItem extends TensorBuffer<infer TRank, infer TType extends DataType>
        ? TensorBuffer<RankAbove<TRank>, TType>
        : TItem extends FloatArray
          ? TensorBuffer<Rank.R2, "float32">
          : TItem extends IntegerArray
            ? TensorBuffer<Rank.R2, "int32">
            : TItem extends object
              ? { [TKey in keyof TItem]: Collated<TItem[TKey]> }
              : never;
