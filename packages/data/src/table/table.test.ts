import { DataLoader, Subset, TensorDataset } from "@lightning-ts/core";
import { expect, describe, it } from "vitest";
import { Table } from "./table.js";

const day = (text: string): Date => new Date(text);
const table = Table.of({
  x: Float32Array.of(0.5, Number.NaN, 2, 3),
  k: Int8Array.of(1, -2, 3, 4),
  id: [5n, 6n, undefined, 8n],
  flag: [true, false, true, undefined],
  name: ["a", "b", undefined, "d"],
  at: [day("1970-01-02"), undefined, day("2024-02-29T12:00Z"), day("1969-12-31")],
  kind: { type: "category", values: Int32Array.of(1, 0, -1, 1), categories: ["bat", "owl"] },
});

describe("Table", () => {
  it("gives rows as people write them, undefined for what is missing", () => {
    expect([table.row(0), table.row(1), table.row(2)]).toEqual([
      { x: 0.5, k: 1, id: 5n, flag: true, name: "a", at: day("1970-01-02"), kind: "owl" },
      { x: undefined, k: -2, id: 6n, flag: false, name: "b", at: undefined, kind: "bat" },
      { x: 2, k: 3, id: undefined, flag: true, name: undefined, at: day("2024-02-29T12:00Z"), kind: undefined },
    ]);
    expect(table.missing).toEqual({ x: 1, k: 0, id: 1, flag: 1, name: 1, at: 1, kind: 1 });
  });

  it("gives batches with one dtype for each type: NaN and -1 for what is missing", () => {
    const { x, k, id, flag, name, at, kind } = table.getBatch([1, 0]);
    expect([x, k, id, flag, at, kind].map((part) => [part.dtype, part.shape])).toEqual([
      ...[["float32", [2]] as const, ["int32", [2]] as const, ["int32", [2]] as const, ["bool", [2]] as const],
      ...[["float32", [2]] as const, ["int32", [2]] as const],
    ]);
    expect([
      [...x.values],
      [...k.values],
      [...id.values],
      [...flag.values],
      name,
      [...at.values],
      [...kind.values],
    ]).toEqual([
      [Number.NaN, 0.5],
      [-2, 1],
      [6, 5],
      [0, 1],
      ["b", "a"],
      [Number.NaN, 1],
      [0, 1],
    ]);
    expect([...table.select("kind").getBatch([2]).kind.values]).toEqual([-1]);
  });

  it("gives items that collate to the same batches", async () => {
    const both = await Promise.all(
      [table.take([0, 1]), { length: 2, get: (row: number) => table.get(row) }].map(async (data) => {
        for await (const batch of new DataLoader(data, { batchSize: 2 })) return batch;
        throw new Error("no batch");
      }),
    );
    expect(both[0]).toEqual(both[1]);
  });

  it("refuses a batch with a missing integer, boolean or text, and a bigint beyond int32", () => {
    expect(() => table.getBatch([3])).toThrow(/"flag" has no value in row 3.*batch of type boolean/);
    expect(() => table.get(2)).toThrow(/"id" has no value in row 2.*reading the column as "number"/);
    expect(() => table.select("name").getBatch([0, 2])).toThrow('table.dropMissing(["name"])');
    expect(() => new Table({ id: BigInt64Array.of(2n ** 31n) }).getBatch([0])).toThrow("no int32 holds");
    expect(() => table.getBatch([4])).toThrow("There is no item with this index");
  });

  it("takes typed arrays as they are, and shares them with what selects", () => {
    const values = new Float64Array(3);
    const own = new Table({ a: values, b: [1, 2, 3] });
    expect(own.column("a").values).toBe(values);
    expect(own.select("a").column("a").values).toBe(values);
    expect(own.dropMissing()).toBe(own);
  });

  it("takes, splits and drops rows", () => {
    expect(table.take([3, 0]).row(0)).toEqual(table.row(3));
    expect(table.dropMissing(["x", "name"]).length).toBe(2);
    expect(table.dropMissing().length).toBe(1);
    const [train, test] = table.split([3, 1], { seed: 1 });
    expect([train.length, test.length]).toEqual([3, 1]);
    expect([...train.column("k").values, ...test.column("k").values].sort((a, b) => a - b)).toEqual([-2, 1, 3, 4]);
    expect(train.split([0.5, 0.5], { seed: 2 }).map(({ length }) => length)).toEqual([2, 1]);
  });

  it("fills what is missing, with a category of its own where it is new", () => {
    const filled = table.fillMissing({ x: 9, id: 7n, flag: false, name: "?", at: day("2000-01-01"), kind: "unknown" });
    expect(filled.missing).toEqual({ x: 0, k: 0, id: 0, flag: 0, name: 0, at: 0, kind: 0 });
    expect(filled.row(2)).toMatchObject({ id: 7n, name: "?", kind: "unknown" });
    expect([filled.row(1).x, filled.row(1).at, filled.row(3).flag]).toEqual([9, day("2000-01-01"), false]);
    expect(table.missing["x"]).toBe(1);
    expect(() => table.fillMissing(Object({ x: "9" }))).toThrow('Column "x" cannot be filled');
    expect(() => table.fillMissing(Object({ y: 9 }))).toThrow('The table has no column "y"');
  });

  it("has a column more, or another one, by withColumn", () => {
    const more = table.withColumn("twice", Float32Array.of(1, 2, 3, 4)).withColumn("k", [1, 1, 1, 1]);
    expect([more.names.at(-1), more.types["k"], table.types.k]).toEqual(["twice", "number", "integer"]);
  });

  it("works in a loader, shuffled and as a Subset", async () => {
    const numbers = Table.of({ x: Float32Array.from({ length: 10 }, (_, i) => i) });
    const seen: number[] = [];
    for await (const { x } of new DataLoader(new Subset(numbers, [1, 3, 5, 7]), { batchSize: 3, shuffle: true }))
      seen.push(...x.values);
    expect(seen.sort((a, b) => a - b)).toEqual([1, 3, 5, 7]);
    expect(new TensorDataset(numbers.getBatch([2, 3]).x).length).toBe(2);
  });

  it("refuses columns that do not fit together, or hold several types", () => {
    expect(() => new Table({ a: [1, 2], b: [1] })).toThrow('Received 2 values, and 1 in "b"');
    expect(() => new Table({})).toThrow("at least one column");
    expect(() => new Table({ a: [1, undefined, "x"] })).toThrow('number, and in row 2 "x"');
    expect(() => new Table({ a: new DataView(new ArrayBuffer(8)) })).toThrow("cannot be made of these values");
    expect(() => table.column(Object("kidn"))).toThrow("kind (did you mean that?)");
  });
});
