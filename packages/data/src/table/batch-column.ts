import { DatasetError, type HostTensor } from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import { isMissing, type BigintColumn, type Column } from "./column.js";

const DAY_MS = 86_400_000;

/** A column's part of a batch: texts in a list, everything else as numbers with the given shape. */
export type ColumnBatch = HostTensor | string[];

/**
 * The values of some rows for a batch: numbers and dates (in days since 1970) as float32, integers, bigints and
 * categories as int32, booleans as bool, texts in a list.
 * @param shape [rows.length], or [] for one row
 * @param firstRow the number, for messages, of the first row of a column that is a part of a longer one
 * @throws DatasetError where a value is missing, or a bigint is too large for int32
 */
export function batchColumn(
  name: string,
  column: Column,
  rows: readonly number[],
  shape: readonly number[],
  firstRow = 0,
): ColumnBatch {
  switch (column.type) {
    case "number":
      return floats(rows, shape, (row) => column.values[row] ?? Number.NaN);
    case "date":
      return floats(rows, shape, (row) => (column.values[row] ?? Number.NaN) / DAY_MS);
    case "category":
      return integers(rows, shape, (row) => column.values[row] ?? -1);
    case "integer":
      refuseMissing(name, column, rows, firstRow);
      return integers(rows, shape, (row) => column.values[row] ?? 0);
    case "bigint":
      refuseMissing(name, column, rows, firstRow);
      return integers(rows, shape, (row) => smallInteger(name, column, row, firstRow));
    case "boolean":
      refuseMissing(name, column, rows, firstRow);
      return new TensorBuffer<Rank, "bool">(
        [...shape],
        "bool",
        Uint8Array.from(rows, (row) => column.values[row] ?? 0),
      );
    case "text":
      refuseMissing(name, column, rows, firstRow);
      return rows.map((row) => column.values.at(row) ?? "");
    default:
      return column satisfies never;
  }
}

function floats(rows: readonly number[], shape: readonly number[], at: (row: number) => number): HostTensor {
  return new TensorBuffer<Rank, "float32">([...shape], "float32", Float32Array.from(rows, at));
}

function integers(rows: readonly number[], shape: readonly number[], at: (row: number) => number): HostTensor {
  return new TensorBuffer<Rank, "int32">([...shape], "int32", Int32Array.from(rows, at));
}

function refuseMissing(name: string, column: Column, rows: readonly number[], firstRow: number): void {
  const row = rows.find((each) => isMissing(column, each));
  if (row === undefined) return;
  const asNumbers = column.type === "text" ? "" : ', or reading the column as "number", where it is NaN';
  throw new DatasetError({
    message: `Column ${JSON.stringify(name)} has no value in row ${firstRow + row}, and a batch of type ${column.type} holds none that is missing.`,
    index: firstRow + row,
    tryThis: `table.dropMissing(["${name}"]), fillMissing${asNumbers}.`,
  });
}

function smallInteger(name: string, { values }: BigintColumn, row: number, firstRow: number): number {
  const value = Number(values[row] ?? 0n);
  if (value === Math.trunc(value) && Math.abs(value) < 2 ** 31) return value;
  throw new DatasetError({
    message: `Column ${JSON.stringify(name)} has a bigint in row ${firstRow + row} that no int32 holds.`,
    index: firstRow + row,
    received: String(values[row]),
    tryThis: 'leaving the column out with select(), or reading it as "number" or "category".',
  });
}
