import { Tensor, TensorBuffer, type DataType } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import type { Collated } from "./collated.js";
import { checkIndex } from "./dataset-error.js";
import type { Dataset } from "./dataset.js";
import {
  copyValues,
  hostTensor,
  isFloatArray,
  isIntegerArray,
  sizeOf,
  type FloatArray,
  type HostTensor,
  type HostValues,
} from "./host-tensor.js";
import type { Floats, Ints, RowOf } from "./host-rows.js";
import { allocateUncleared } from "./uncleared-values.js";
import { declareOwn } from "./own-batches.js";
import { sharedColumn, type TensorColumn } from "./tensor-column.js";
import type { BuiltInSource } from "./workers/worker-source.js";

/** One item of a column: the column's dtype, without the first dimension. */
export type TensorRow<TColumn> =
  TColumn extends TensorBuffer<infer TRank, infer TType extends DataType>
    ? RowOf<TRank, TType>
    : TColumn extends FloatArray
      ? Floats<0>
      : Ints<0>;

interface Column {
  readonly values: HostValues;
  readonly rowShape: readonly number[];
  readonly rowSize: number;
  readonly dtype: DataType;
}

/**
 * Items are the rows of one or more columns that lie in memory: item i is `[columns[0][i], columns[1][i], …]`.
 * Batches are gathered with one typed-array copy for rows that lie one behind the other. Small integer types
 * (Uint8Array images) stay small until then.
 * @example
 * ```ts
 * import { TensorDataset, tf } from "@lightning-ts/core";
 *
 * const features = tf.buffer<tf.Rank.R2>([10, 4], "float32");
 * const labels = Int32Array.from({ length: 10 }, (_, i) => i % 2);
 * const data = new TensorDataset(features, labels);
 * console.log(data.length); // 10
 * ```
 */
export class TensorDataset<const TColumns extends readonly TensorColumn[]> implements Dataset<{
  -readonly [TKey in keyof TColumns]: TensorRow<TColumns[TKey]>;
}> {
  readonly length: number;
  #given: readonly TensorColumn[];
  #columns: readonly Column[];

  /** @throws MisconfigurationError when the columns differ in length, or one is a tensor of a device */
  constructor(...columns: TColumns) {
    const lengths = columns.map((column, i) => lengthOf(column, i));
    this.length = lengths[0] ?? 0;
    if (columns.length === 0 || lengths.some((length) => length !== this.length)) {
      throw new MisconfigurationError({
        message: "The columns of a TensorDataset do not fit together.",
        expected: "at least one column, all with the same first dimension",
        received: `first dimensions ${lengths.join(", ") || "(none)"}`,
      });
    }
    this.#given = columns;
    this.#columns = columns.map(asColumn);
  }

  /** Worker threads read the memory that this process reads: the columns move into it when workers first need them. */
  get workerSource(): BuiltInSource {
    this.#given = this.#given.map(sharedColumn);
    this.#columns = this.#given.map(asColumn);
    return { builtIn: "TensorDataset", args: this.#given };
  }

  static {
    declareOwn(TensorDataset.prototype.getBatch);
  }

  get(index: number): { -readonly [TKey in keyof TColumns]: TensorRow<TColumns[TKey]> };
  get(index: number): unknown {
    checkIndex(index, this.length);
    return this.#columns.map((column) => gather(column, [index], column.rowShape));
  }

  getBatch(indices: readonly number[]): Collated<{ -readonly [TKey in keyof TColumns]: TensorRow<TColumns[TKey]> }>;
  getBatch(indices: readonly number[]): unknown {
    for (const index of indices) checkIndex(index, this.length);
    return this.#columns.map((column) => gather(column, indices, [indices.length, ...column.rowShape]));
  }
}

function gather({ values, rowSize, dtype }: Column, indices: readonly number[], shape: readonly number[]): HostTensor {
  const target = allocateUncleared(dtype, rowSize * indices.length);
  for (let i = 0; i < indices.length;) {
    const first = indices[i] ?? 0;
    let rows = 1;
    while (indices[i + rows] === first + rows) rows += 1;
    copyValues(values, first * rowSize, rows * rowSize, target, i * rowSize);
    i += rows;
  }
  return hostTensor(target, shape, dtype);
}

function lengthOf(column: TensorColumn, position: number): number {
  if (column instanceof TensorBuffer && column.rank > 0) return column.shape[0] ?? 0;
  if (isFloatArray(column) || isIntegerArray(column)) return column.length;
  throw new MisconfigurationError({
    message: `Column ${position} of a TensorDataset is no host data with items.`,
    expected: "a TensorBuffer of at least one dimension, or a typed array",
    received:
      Object(column) instanceof Tensor
        ? "a tf.Tensor"
        : column instanceof TensorBuffer
          ? "a TensorBuffer without dimensions"
          : typeof column,
    tryThis: "await tensor.buffer(), or tf.buffer(shape, dtype, values).",
  });
}

function asColumn(column: TensorColumn): Column {
  if (isFloatArray(column)) return { values: column, rowShape: [], rowSize: 1, dtype: "float32" };
  if (isIntegerArray(column)) return { values: column, rowShape: [], rowSize: 1, dtype: "int32" };
  const rowShape = column.shape.slice(1);
  return { values: column.values, rowShape, rowSize: sizeOf(rowShape), dtype: column.dtype };
}
