/** What a column holds. */
export type ColumnType = "number" | "integer" | "bigint" | "boolean" | "text" | "date" | "category";

/** One value; undefined where it is missing. */
export type Cell = number | bigint | boolean | string | Date | undefined;

export type FloatValues = Float32Array | Float64Array;
export type IntegerValues = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array;

/** For types without a value to spare for what is missing: 1 where there is a value. Undefined where all are there. */
export type Present = Uint8Array | undefined;

/** Missing numbers are NaN. */
export interface NumberColumn {
  readonly type: "number";
  readonly values: FloatValues;
}

export interface IntegerColumn {
  readonly type: "integer";
  readonly values: IntegerValues;
  readonly present?: Present;
}

export interface BigintColumn {
  readonly type: "bigint";
  readonly values: BigInt64Array | BigUint64Array;
  readonly present?: Present;
}

/** 0 and 1. */
export interface BooleanColumn {
  readonly type: "boolean";
  readonly values: Uint8Array;
  readonly present?: Present;
}

/** Texts by row; undefined where they are missing. Arrays are such, and what decodes a text when it is asked for. */
export interface Texts {
  readonly length: number;
  at(row: number): string | undefined;
}

export interface TextColumn {
  readonly type: "text";
  readonly values: Texts;
}

/** Milliseconds since 1970 in UTC; missing dates are NaN. */
export interface DateColumn {
  readonly type: "date";
  readonly values: Float64Array;
}

/** The number of each category; -1 where it is missing. */
export interface CategoryColumn {
  readonly type: "category";
  readonly values: IntegerValues;
  readonly categories: readonly string[];
}

/** Values of one type, as they lie in memory. */
export type Column =
  | NumberColumn
  | IntegerColumn
  | BigintColumn
  | BooleanColumn
  | TextColumn
  | DateColumn
  | CategoryColumn;

export const COLUMN_TYPES: readonly ColumnType[] = [
  "number",
  "integer",
  "bigint",
  "boolean",
  "text",
  "date",
  "category",
];

export function isMissing(column: Column, row: number): boolean {
  switch (column.type) {
    case "number":
    case "date":
      return Number.isNaN(column.values[row]);
    case "text":
      return column.values.at(row) === undefined;
    case "category":
      return (column.values[row] ?? -1) < 0;
    case "integer":
    case "bigint":
    case "boolean":
      return column.present?.[row] === 0;
    default:
      return column satisfies never;
  }
}

/** How many values are missing. */
export function countMissing(column: Column): number {
  let count = 0;
  for (let row = 0; row < column.values.length; row += 1) if (isMissing(column, row)) count += 1;
  return count;
}

/** A value as people write it: a category by its name, a date as a Date. */
export function cellAt(column: Column, row: number): Cell {
  if (isMissing(column, row)) return undefined;
  switch (column.type) {
    case "number":
    case "integer":
    case "bigint":
      return column.values[row];
    case "text":
      return column.values.at(row);
    case "boolean":
      return column.values[row] === 1;
    case "date":
      return new Date(column.values[row] ?? Number.NaN);
    case "category":
      return column.categories[column.values[row] ?? -1];
    default:
      return column satisfies never;
  }
}
