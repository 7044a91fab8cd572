import {
  CompressionType,
  compressionRegistry,
  Field,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table as ArrowTable,
  tableFromIPC,
} from "apache-arrow";
import pl from "nodejs-polars";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorOf } from "../errors/error-of-under-test.js";
import { bytesOf, contentOf, plain, type RecordedFile } from "../table/recorded-columns-under-test.js";
import { fromArrow } from "./from-arrow.js";
import { fromPolars } from "./from-polars.js";
import { readArrow } from "./read-arrow.js";

interface Recorded {
  readonly files: readonly RecordedFile[];
  readonly nested: string;
  /** 40 000 rows, compressed. */
  readonly steps: Readonly<Record<string, string>>;
}

// What tests/parity/record_columnar.py recorded from pyarrow and Polars.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/arrow.json", import.meta.url), "utf8"));
const fileOf = (name: string): Uint8Array => contentOf(recorded.files, name);

describe("readArrow reads what pyarrow and Polars wrote", () => {
  it.each(recorded.files)("$name", async ({ base64, columns }) => {
    const table = await readArrow(bytesOf(base64));
    expect(table.names).toEqual(Object.keys(columns));
    for (const [name, { values }] of Object.entries(columns))
      expect([name, values.map((_, row) => plain(table.find(name), row))]).toEqual([name, values]);
  });

  it("with the types of the file", async () => {
    const { types } = await readArrow(fileOf("file"));
    expect(types).toEqual({
      ...{ f32: "number", f64: "number", gaps: "number", f16: "number", nothing: "number", u32: "number" },
      ...{
        i8: "integer",
        u8: "integer",
        i16: "integer",
        u16: "integer",
        i32: "integer",
        holes: "integer",
        i64: "bigint",
      },
      ...{ flag: "boolean", word: "text", large: "text", kind: "category" },
      ...{ day: "date", ms: "date", us: "date", ns: "date" },
    });
  });

  it("with the memory of the file for columns that lie in it as they are needed", async () => {
    const bytes = fileOf("file");
    const table = await readArrow(bytes, { columns: ["f32", "f64", "i8", "i16", "i32", "holes", "i64"] });
    for (const name of table.names) {
      const { values } = table.find(name);
      expect([name, ArrayBuffer.isView(values) && values.buffer === bytes.buffer]).toEqual([name, true]);
    }
  });
});

describe("compressed Arrow files", () => {
  it.each(Object.entries(recorded.steps))("of many rows of %s have all their values", async (_, base64) => {
    const table = await readArrow(bytesOf(base64));
    expect(table.length).toBe(40_000);
    const [step, half] = [table.find("step"), table.find("half")];
    for (let row = 0; row < 40_000; row += 1)
      if (plain(step, row) !== Math.floor(row / 64) || plain(half, row) !== Math.floor(row / 100) / 2)
        throw new Error(`row ${row} is ${plain(step, row)} and ${plain(half, row)}`);
  });

  it("leave the program's own decoders as they were", async () => {
    const own = { decode: (): Uint8Array => new Uint8Array() };
    compressionRegistry.set(CompressionType.LZ4_FRAME, own);
    await readArrow(fileOf("feather, lz4"));
    expect(compressionRegistry.get(CompressionType.LZ4_FRAME)).toBe(own);
    expect(compressionRegistry.get(CompressionType.ZSTD)?.decode).toBe(undefined);
  });
});

describe("fromArrow", () => {
  it("makes numbers of the categories of several batches from their names", async () => {
    const { categories, values } = (await readArrow(fileOf("file of several batches"))).find("kind") as {
      categories: readonly string[];
      values: Int32Array;
    };
    expect([...values].map((code) => categories[code])).toEqual(["owl", "bat", undefined, "owl", "emu"]);
  });

  it("takes slices of tables with the bits of their missing values", () => {
    const whole = tableFromIPC(fileOf("file"));
    const part = fromArrow(whole.slice(1, 4), { columns: ["holes", "flag", "gaps", "word", "kind"] });
    expect([0, 1, 2].map((row) => part.row(row))).toEqual([
      { holes: undefined, flag: false, gaps: undefined, word: "Zürich", kind: "bat" },
      { holes: 3, flag: undefined, gaps: 2, word: undefined, kind: undefined },
      { holes: undefined, flag: true, gaps: undefined, word: "🙂", kind: "owl" },
    ]);
  });

  it("refuses what no table holds, names that are not there, and what is no Arrow table", async () => {
    const nested = tableFromIPC(bytesOf(recorded.nested));
    expect(() => fromArrow(nested)).toThrow(/Column "list" of the Arrow table is of type List/);
    expect(fromArrow(nested, { columns: ["id"] }).length).toBe(2);
    expect(() => fromArrow(nested, { columns: ["ids"] })).toThrow("id (did you mean that?)");
    expect(() => fromArrow(Object({ a: 1 }))).toThrow("fromArrow takes a table of apache-arrow");
    expect(() => fromArrow(nested, Object({ column: [] }))).toThrow('fromArrow has no option "column"');
  });

  it("takes tables that were made in JavaScript", () => {
    const child = makeData({ type: new Int32(), data: Int32Array.of(4, 5) });
    const schema = new Schema([new Field("n", new Int32())]);
    const data = makeData({ type: new Struct(schema.fields), children: [child] });
    expect(fromArrow(new ArrowTable([new RecordBatch(schema, data)])).row(1)).toEqual({ n: 5 });
  });
});

describe("damaged Arrow files are named", () => {
  it("where they are cut, or something else", async () => {
    const bytes = fileOf("file");
    expect((await errorOf(readArrow(bytes.subarray(0, bytes.length - 3)))).message).toContain("it is cut off");
    expect((await errorOf(readArrow(new TextEncoder().encode("a,b\n1,2\n")))).message).toContain("cannot be read");
    expect((await errorOf(readArrow(new Uint8Array()))).message).toContain("cannot be read");
    const stream = fileOf("stream");
    expect((await errorOf(readArrow(stream.subarray(0, 200)))).message).toContain("cannot be read");
  });
});

describe("fromPolars", () => {
  it("takes a DataFrame with all kinds of columns and what is missing in them", async () => {
    const frame = pl
      .DataFrame({
        x: [1.5, null, 2.5],
        flag: [true, null, false],
        word: ["a", null, "a text that is longer than twelve"],
        at: [new Date(0), null, new Date(86_400_000)],
      })
      .withColumns(
        pl.col("x").cast(pl.Int64).alias("long"),
        pl.col("x").cast(pl.Int32).alias("int"),
        pl.col("x").cast(pl.Float32).alias("single"),
        pl.col("word").cast(pl.Categorical).alias("kind"),
      );
    const table = await fromPolars(frame);
    expect(table.types).toEqual({
      ...{ x: "number", flag: "boolean", word: "text", at: "date", long: "bigint", int: "integer" },
      ...{ single: "number", kind: "category" },
    });
    expect(table.row(0)).toEqual({
      x: 1.5,
      flag: true,
      word: "a",
      at: new Date(0),
      long: 1n,
      int: 1,
      single: 1.5,
      kind: "a",
    });
    expect(Object.values(table.row(1)).every((cell) => cell === undefined)).toBe(true);
    expect(table.row(2)["kind"]).toBe("a text that is longer than twelve");
    expect((await fromPolars(frame, { columns: ["int"] })).names).toEqual(["int"]);
  });

  it("refuses what is no DataFrame", async () => {
    await expect(fromPolars(Object([1, 2]))).rejects.toThrow("fromPolars takes a DataFrame of nodejs-polars");
  });
});
