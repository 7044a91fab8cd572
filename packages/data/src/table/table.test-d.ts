import { DataLoader, type Floats, type Ints } from "@lightning-ts/core";
import type { Rank, TensorBuffer } from "@tensorflow/tfjs-core";
import { expectTypeOf } from "vitest";
import { readCsv } from "../csv/read-csv.js";
import type { Column, ColumnType, NumberColumn } from "./column.js";
import { Table } from "./table.js";
import type { TableRow } from "./table-types.js";

const table = Table.of({
  x: Float32Array.of(1),
  k: Int32Array.of(1),
  id: [1n],
  flag: [true, undefined],
  name: ["a", null],
  at: [new Date(0)],
  kind: { type: "category", values: Int32Array.of(0), categories: ["a"] },
});
expectTypeOf(table.types).toEqualTypeOf<{
  x: "number";
  k: "integer";
  id: "bigint";
  flag: "boolean";
  name: "text";
  at: "date";
  kind: "category";
}>();
expectTypeOf(table.row(0).id).toEqualTypeOf<bigint | undefined>();
expectTypeOf(table.get(0).x).toEqualTypeOf<Floats<0>>();
expectTypeOf(table.column("x")).toEqualTypeOf<NumberColumn>();
const { x, k, name, flag } = table.getBatch([0]);
expectTypeOf(x).toEqualTypeOf<TensorBuffer<Rank.R1, "float32">>();
expectTypeOf(k).toEqualTypeOf<TensorBuffer<Rank.R1, "int32">>();
expectTypeOf(flag).toEqualTypeOf<TensorBuffer<Rank.R1, "bool">>();
expectTypeOf(name).toEqualTypeOf<string[]>();
expectTypeOf(table.select("x", "k").get(0)).toEqualTypeOf<{ x: Floats<0>; k: Ints<0> }>();
expectTypeOf(table.split([0.5, 0.5])).toEqualTypeOf<[typeof table, typeof table]>();
// @ts-expect-error there is no such column
table.column("y");

const loader = new DataLoader(table.select("x"), { batchSize: 2 });
expectTypeOf(loader).toExtend<AsyncIterable<{ x: TensorBuffer<Rank.R1, "float32"> }>>();

const typed = await readCsv("a.csv", { columns: { age: "number", kind: { categories: ["a"] }, rest: "auto" } });
expectTypeOf(typed).toEqualTypeOf<Table<{ age: "number"; kind: "category"; rest: ColumnType }>>();
const named = await readCsv("a.csv", { columns: ["age"] });
expectTypeOf(named.row(0)).toEqualTypeOf<TableRow<Readonly<Record<string, ColumnType>>>>();
expectTypeOf((await readCsv("a.csv")).column("anything")).toEqualTypeOf<Column>();
