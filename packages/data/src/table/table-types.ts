import type { Floats, Ints } from "@lightning-ts/core";
import type { Rank, TensorBuffer } from "@tensorflow/tfjs-core";
import type { Column, ColumnType } from "./column.js";

/** The columns of a table by their names. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

interface CellOf {
  readonly number: number;
  readonly integer: number;
  readonly bigint: bigint;
  readonly boolean: boolean;
  readonly text: string;
  readonly date: Date;
  readonly category: string;
}

interface ItemOf {
  readonly number: Floats<0>;
  readonly integer: Ints<0>;
  readonly bigint: Ints<0>;
  readonly boolean: TensorBuffer<Rank.R0, "bool">;
  readonly text: string;
  readonly date: Floats<0>;
  readonly category: Ints<0>;
}

/** A row as people write it; undefined where a value is missing. */
export type TableRow<TTypes extends ColumnTypes> = {
  -readonly [TName in keyof TTypes]: CellOf[TTypes[TName]] | undefined;
};

/** A row as a loader gets it: what batches are collated of. */
export type TableItem<TTypes extends ColumnTypes> = { -readonly [TName in keyof TTypes]: ItemOf[TTypes[TName]] };

/** A column that holds a type. */
export type ColumnOf<TType extends ColumnType> = Extract<Column, { readonly type: TType }>;

type TypeOfValues<TValues> = TValues extends Float32Array | Float64Array | Uint32Array
  ? "number"
  : TValues extends BigInt64Array | BigUint64Array
    ? "bigint"
    : TValues extends ArrayBufferView
      ? "integer"
      : TValues extends { readonly type: infer TType extends ColumnType }
        ? TType
        : TValues extends readonly (infer TCell)[]
          ? TypeOfCells<Exclude<TCell, undefined | null>>
          : ColumnType;

type TypeOfCells<TCell> = [TCell] extends [number]
  ? "number"
  : [TCell] extends [string]
    ? "text"
    : [TCell] extends [boolean]
      ? "boolean"
      : [TCell] extends [bigint]
        ? "bigint"
        : [TCell] extends [Date]
          ? "date"
          : ColumnType;

/** The types of the columns that values make. */
export type TypesOfValues<TColumns> = { -readonly [TName in keyof TColumns]: TypeOfValues<TColumns[TName]> };

/** A table, whatever its columns are. */
export interface AnyTable {
  readonly length: number;
  find(name: string): Column;
}
