import { describeValue, DatasetError, MisconfigurationError } from "@lightning-ts/core";
import { isMissing, type Column } from "../table/column.js";

/** Numbers of several rows, one row after another. */
export interface Matrix {
  readonly values: Float32Array;
  /** Numbers in a row. */
  readonly width: number;
}

/** What was learnt from a column, as plain data that a checkpoint holds. */
export type FittedColumn = Readonly<Record<string, unknown>>;

/** Turns a column into one or more columns of numbers, with what it learnt from the training part. */
export interface Encoder {
  /** Its name in checkpoints. */
  readonly kind: string;
  fit(name: string, column: Column): FittedColumn;
  /** What the columns of numbers are called. */
  outputs(name: string, fitted: FittedColumn): readonly string[];
  /** Writes the column's numbers into each row, from `offset` on. */
  write(target: Matrix, offset: number, source: NamedColumn, fitted: FittedColumn): void;
  /** @throws MisconfigurationError for what this encoder cannot have saved */
  check(fitted: FittedColumn): FittedColumn;
}

export interface NamedColumn {
  readonly name: string;
  readonly column: Column;
}

const DAY_MS = 86_400_000;

/**
 * How a column's values are read as numbers: dates in days since 1970, true as 1, what is missing as NaN.
 * @throws MisconfigurationError for texts and categories
 */
export function numberReader(owner: string, { name, column }: NamedColumn): (row: number) => number {
  if (column.type === "text" || column.type === "category")
    throw new MisconfigurationError({
      message: `${owner} takes numbers, and column ${JSON.stringify(name)} holds ${column.type === "text" ? "texts" : "categories"}.`,
      tryThis: "OneHotEncoder for this column.",
    });
  const scale = column.type === "date" ? DAY_MS : 1;
  const { values } = column;
  return (row) => (isMissing(column, row) ? Number.NaN : Number(values[row]) / scale);
}

/** @throws DatasetError for a value that is missing where none may be */
export function missingValue(owner: string, name: string, row: number, tryThis: string): DatasetError {
  return new DatasetError({
    message: `${owner} finds no value in column ${JSON.stringify(name)}, row ${row}.`,
    index: row,
    tryThis: `${tryThis}, or table.dropMissing() or fillMissing() before.`,
  });
}

export function wrongState(kind: string, fitted: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `What was saved of a ${kind} cannot be used.`,
    received: describeValue(fitted),
    tryThis: "a checkpoint of a program with the same encoders.",
  });
}
