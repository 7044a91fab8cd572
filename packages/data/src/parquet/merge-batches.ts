import { TensorBuffer, type DataType, type Rank } from "@tensorflow/tfjs-core";
import type { ColumnBatch } from "../table/batch-column.js";

/** A part of a batch, and the positions in the batch that it is for. */
export interface BatchPiece {
  readonly positions: readonly number[];
  readonly batch: ColumnBatch;
}

/** Parts of a batch of one column, each value at its position. */
export function mergeBatches(pieces: readonly BatchPiece[], shape: readonly number[], count: number): ColumnBatch {
  const [first] = pieces;
  if (first === undefined || Array.isArray(first.batch)) {
    const texts = Array.from({ length: count }, () => "");
    for (const { positions, batch } of pieces)
      for (const [i, position] of positions.entries()) texts[position] = Array.isArray(batch) ? (batch[i] ?? "") : "";
    return texts;
  }
  const { dtype } = first.batch;
  const values =
    dtype === "float32" ? new Float32Array(count) : dtype === "bool" ? new Uint8Array(count) : new Int32Array(count);
  for (const { positions, batch } of pieces) {
    if (Array.isArray(batch)) continue;
    for (const [i, position] of positions.entries()) values[position] = Number(batch.values[i]);
  }
  return new TensorBuffer<Rank, DataType>([...shape], dtype, values);
}
