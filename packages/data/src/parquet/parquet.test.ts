import { DataLoader } from "@lightning-ts/core";
import { nodeFiles } from "@lightning-ts/fabric/node";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataFileError } from "../errors/data-file-error.js";
import { errorOf } from "../errors/error-of-under-test.js";
import { bytesOf, contentOf, plain, type RecordedFile } from "../table/recorded-columns-under-test.js";
import { BlockSampler } from "./block-sampler.js";
import { openParquet, readParquet } from "./open-parquet.js";

interface Recorded {
  readonly files: readonly RecordedFile[];
  readonly nested: string;
}

// What tests/parity/record_columnar.py recorded from pyarrow and Polars.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/parquet.json", import.meta.url), "utf8"));
const fileOf = (name: string): Uint8Array => contentOf(recorded.files, name);

describe("readParquet reads what pyarrow and Polars wrote", () => {
  it.each(recorded.files)("$name", async ({ base64, columns }) => {
    const table = await readParquet(bytesOf(base64));
    expect(table.names).toEqual(Object.keys(columns));
    for (const [name, { values }] of Object.entries(columns))
      expect([name, values.map((_, row) => plain(table.find(name), row))]).toEqual([name, values]);
  });

  it("with the types of the file", async () => {
    const { types } = await readParquet(fileOf("snappy"));
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
      ...{
        flag: "boolean",
        word: "text",
        large: "text",
        kind: "text",
        day: "date",
        ms: "date",
        us: "date",
        ns: "date",
      },
    });
  });

  it("with the types that are asked for", async () => {
    const columns = { kind: "category", holes: "number", i64: "number", flag: "number", u8: "text" } as const;
    const table = await readParquet(fileOf("none, several groups"), { columns });
    expect(table.types).toEqual(columns);
    expect([0, 1, 2, 3].map((row) => table.row(row))).toEqual([
      { kind: "owl", holes: 1, i64: 2 ** 62, flag: 1, u8: "255" },
      { kind: "bat", holes: undefined, i64: -(2 ** 63), flag: 0, u8: "0" },
      { kind: undefined, holes: 3, i64: 0, flag: undefined, u8: "1" },
      { kind: "owl", holes: undefined, i64: undefined, flag: 1, u8: "2" },
    ]);
    expect([...table.column("kind").values]).toEqual([2, 0, -1, 2, 1]);
  });
});

describe("openParquet", () => {
  const open = (options = {}) =>
    openParquet(fileOf("long, small groups and pages"), {
      columns: { row: "integer", half: "number", word: "category" },
      ...options,
    });

  it("gives the batches of the whole table, also across row groups", async () => {
    const data = await open();
    const table = await data.rows();
    expect([data.length, data.types]).toEqual([300, { row: "integer", half: "number", word: "category" }]);
    for (const indices of [[0], [69, 70, 71], [299, 0, 150, 151, 70], Array.from({ length: 300 }, (_, i) => 299 - i)])
      expect(await data.getBatch(indices)).toEqual(table.getBatch(indices));
    expect(await data.get(140)).toEqual(table.get(140));
    expect((await data.rows(65, 75)).row(4)).toEqual({ row: 69, half: 34.5, word: "w1" });
  });

  it("reads a block once while it is among the last that were asked for, and again afterwards", async () => {
    const bytes = fileOf("long, small groups and pages");
    const reads: number[] = [];
    const files = {
      ...nodeFiles(),
      stat: async () => ({ sizeBytes: bytes.length, modifiedMs: 0, isDirectory: false, isFile: true }),
      readRange: async (_path: string, offset: number, length: number) => {
        reads.push(offset);
        return bytes.slice(offset, offset + length);
      },
    };
    const data = await openParquet("a.parquet", { columns: ["row"], files, cacheBlocks: 2 });
    const readsOf = async (indices: readonly number[]) => {
      const before = reads.length;
      await data.getBatch(indices);
      return reads.length - before;
    };
    expect(await readsOf([0])).toBeGreaterThan(0);
    expect(await readsOf([1, 69])).toBe(0);
    expect(await readsOf([100])).toBeGreaterThan(0);
    expect(await readsOf([2, 101])).toBe(0);
    expect(await readsOf([200])).toBeGreaterThan(0);
    expect(await readsOf([0])).toBeGreaterThan(0);
  });

  it("numbers the categories of all blocks alike", async () => {
    const data = await open();
    const { word } = await data.getBatch([0, 299]);
    const names = Array.from({ length: 17 }, (_, i) => `w${i}`).sort();
    expect([...word.values]).toEqual([names.indexOf("w0"), names.indexOf(`w${299 % 17}`)]);
  });

  it("visits every row once in the order of its sampler, few blocks at a time, and another one each epoch", async () => {
    const data = await open();
    const seen: number[][] = [[], []];
    const sampler = data.sampler({ seed: 3, blocksAtOnce: 1 });
    const loader = new DataLoader(data, { batchSize: 32, sampler });
    for (const epoch of [0, 1]) for await (const { row } of loader) seen[epoch]!.push(...row.values);
    for (const rows of seen) {
      expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
      const blocks = rows.map((row) => Math.floor(row / 70));
      expect(blocks.filter((block, i) => block !== blocks[i - 1])).toHaveLength(5);
    }
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it("goes on after a checkpoint with the batches that were left", async () => {
    const rowsOf = async (loader: AsyncIterable<{ row: { values: Int32Array } }>, most = Infinity) => {
      const found: number[][] = [];
      for await (const { row } of loader) {
        found.push([...row.values]);
        if (found.length === most) break;
      }
      return found;
    };
    const data = await open();
    const make = () => new DataLoader(data, { batchSize: 32, sampler: data.sampler({ seed: 5 }) });
    const all = await rowsOf(make());
    const first = make();
    const begun = await rowsOf(first, 3);
    const state: unknown = JSON.parse(JSON.stringify(first.state()));
    const second = make();
    second.restore(state as ReturnType<typeof second.state>);
    expect([...begun, ...(await rowsOf(second))]).toEqual(all);
  });

  it("refuses what cannot be", async () => {
    const data = await open();
    await expect(data.getBatch([300])).rejects.toThrow("There is no item with this index");
    await expect(data.rows(10, 301)).rejects.toThrow("There are no such rows");
    await expect(open({ cacheBlocks: 0 })).rejects.toThrow("openParquet's cacheBlocks is not usable");
    await expect(open({ rows: 3 })).rejects.toThrow('openParquet has no option "rows"');
    expect(() => new BlockSampler([0], 3, { blocksAtOnce: 0 })).toThrow("BlockSampler cannot mix so many blocks");
    const gaps = await openParquet(fileOf("none, several groups"), { columns: ["holes"] });
    await expect(gaps.getBatch([0, 3])).rejects.toThrow('"holes" has no value in row 3');
  });
});

describe("damaged Parquet files are named", () => {
  it("where they are cut or something else", async () => {
    const bytes = fileOf("snappy");
    expect((await errorOf(readParquet(bytes.subarray(0, bytes.length - 9)))).message).toContain("it is cut off");
    expect((await errorOf(readParquet(new Uint8Array(3)))).message).toContain("no Parquet file. Expected");
    expect((await errorOf(readParquet(new TextEncoder().encode("a,b\n1,2\n3,4\n")))).message).toContain(
      'Received "a,b',
    );
  });

  it("where their footer or their pages are changed: with an error, or with other values, and never without an end", async () => {
    const bytes = fileOf("zstd, no dictionaries");
    let named = 0;
    for (let at = 4; at < bytes.length - 4; at += 37) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const error: unknown = await readParquet(changed).then(
        () => undefined,
        (e: unknown) => e,
      );
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(DataFileError);
      named += 1;
    }
    expect(named).toBeGreaterThan(10);
  });

  it("where columns are not there, or of kinds that no table holds", async () => {
    expect((await errorOf(readParquet(fileOf("snappy"), { columns: ["wrd"] }))).message).toContain(
      "word (did you mean",
    );
    const nested = bytesOf(recorded.nested);
    expect((await errorOf(readParquet(nested))).message).toContain('column "list": the column holds lists or records');
    expect((await errorOf(readParquet(nested, { columns: ["raw"] }))).message).toContain("bytes that are no text");
    expect((await readParquet(nested, { columns: ["id"] })).length).toBe(2);
    expect((await readParquet(nested, { columns: { raw: "text" } })).row(1)).toEqual({ raw: "b" });
    const wrong = readParquet(fileOf("snappy"), { columns: { word: "number" } });
    expect(await errorOf(wrong)).toMatchObject({ column: "word", row: 0 });
  });
});
