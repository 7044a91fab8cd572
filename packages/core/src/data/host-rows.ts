import type { DataType, Rank, TensorBuffer } from "@tensorflow/tfjs-core";

interface RankOf {
  readonly 0: Rank.R0;
  readonly 1: Rank.R1;
  readonly 2: Rank.R2;
  readonly 3: Rank.R3;
  readonly 4: Rank.R4;
  readonly 5: Rank.R5;
}

// Interfaces, so that editors and messages show these short names.

/** A float32 TensorBuffer with so many dimensions. */
export interface Floats<TDimensions extends keyof RankOf> extends TensorBuffer<RankOf[TDimensions], "float32"> {}

/** An int32 TensorBuffer with so many dimensions. */
export interface Ints<TDimensions extends keyof RankOf> extends TensorBuffer<RankOf[TDimensions], "int32"> {}

/** A TensorBuffer with one dimension less, by its short name where it has one. */
export type RowOf<TRank extends Rank, TType extends DataType> = Rank extends TRank
  ? TensorBuffer<Rank, TType>
  : TRank extends Rank.R1
    ? Named<0, TType>
    : TRank extends Rank.R2
      ? Named<1, TType>
      : TRank extends Rank.R3
        ? Named<2, TType>
        : TRank extends Rank.R4
          ? Named<3, TType>
          : TRank extends Rank.R5
            ? Named<4, TType>
            : Named<5, TType>;

type Named<TDimensions extends keyof RankOf, TType extends DataType> = TType extends "float32"
  ? Floats<TDimensions>
  : TType extends "int32"
    ? Ints<TDimensions>
    : TensorBuffer<RankOf[TDimensions], TType>;
