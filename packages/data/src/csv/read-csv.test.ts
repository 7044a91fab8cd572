import { nodeFiles } from "@lightning-ts/fabric/node";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DataFileError } from "../errors/data-file-error.js";
import { errorOf as refusalOf } from "../errors/error-of-under-test.js";
import { cellAt, type Column } from "../table/column.js";
import { readCsv, type CsvOptions } from "./read-csv.js";

interface Recorded {
  readonly files: readonly {
    readonly name: string;
    readonly text: string;
    readonly options: CsvOptions;
    readonly columns: Readonly<Record<string, { readonly dtype: string; readonly values: readonly unknown[] }>>;
    readonly categories?: readonly string[];
    readonly codes?: readonly number[];
  }[];
}

// What tests/parity/record_tables.py recorded from pandas.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/csv.json", import.meta.url), "utf8"));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As the fixture has it. */
function plain(column: Column, row: number): unknown {
  const cell = cellAt(column, row);
  if (cell === undefined) return null;
  if (cell instanceof Date) return cell.getTime();
  if (typeof cell === "number" && Math.abs(cell) === Infinity) return String(cell);
  if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  return cell;
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ number: "f", date: "d", integer: "i", bigint: "i", boolean: "b", text: "s", category: "c" },
  ...{ float64: "f", int64: "i", bool: "b", str: "s", category: "c", "datetime64[us, UTC]": "d" },
};

function errorOf(text: string | Uint8Array, options?: CsvOptions): Promise<DataFileError> {
  return refusalOf(readCsv(typeof text === "string" ? bytes(text) : text, options));
}

describe("readCsv reads what pandas reads", () => {
  it.each(recorded.files)("$name", async ({ text, options, columns, categories, codes }) => {
    const table = await readCsv(bytes(text), options);
    expect(table.names).toEqual(Object.keys(columns));
    for (const [name, { dtype, values }] of Object.entries(columns)) {
      const column = table.column(name);
      const asked = options.columns === undefined ? undefined : Object(options.columns)[name];
      if (asked === undefined) expect(KINDS[column.type]).toBe(KINDS[dtype]);
      else expect(column.type).toBe(asked);
      expect(values.map((_, row) => plain(column, row))).toEqual(values);
      if (column.type === "category") expect([column.categories, [...column.values]]).toEqual([categories, codes]);
    }
  });
});

describe("readCsv", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "csv-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("reads a file that is larger than one piece, with breaks inside quotes and characters cut by the pieces", async () => {
    const path = join(folder, "large.csv");
    const rows = 150_000;
    const lines = ["id,text,value"];
    for (let i = 0; i < rows; i += 1)
      lines.push(`${i},"é ${i}${i % 7 === 0 ? '\n, ""q""' : ""} 🙂 fills the line",${i / 8}`);
    await writeFile(path, lines.join("\n"));
    const table = await readCsv(path, { files: nodeFiles() });
    expect([table.length, table.types]).toEqual([rows, { id: "integer", text: "text", value: "number" }]);
    const bad = Array.from({ length: rows }, (_, i) => i).find((i) => {
      const { id, text, value } = table.row(i);
      return id !== i || value !== i / 8 || text !== `é ${i}${i % 7 === 0 ? '\n, "q"' : ""} 🙂 fills the line`;
    });
    expect(bad).toBeUndefined();
  });

  it("reads tab-separated files by their name, and chosen columns in the order that is asked for", async () => {
    const path = join(folder, "a.tsv");
    await writeFile(path, "x\ty\tz\n1\t2\t3\n");
    expect((await readCsv(path, { files: nodeFiles(), columns: ["z", "x"] })).row(0)).toEqual({ z: 3, x: 1 });
  });

  it("keeps what is missing beside integers, booleans and bigints that are asked for", async () => {
    const table = await readCsv(bytes("a,b,c\n1,true,5\n,,\n"), {
      columns: { a: "integer", b: "boolean", c: "bigint" },
    });
    expect([table.row(0), table.row(1)]).toEqual([
      { a: 1, b: true, c: 5n },
      { a: undefined, b: undefined, c: undefined },
    ]);
    expect(table.missing).toEqual({ a: 1, b: 1, c: 1 });
  });

  it("numbers categories by the list that it is given", async () => {
    const options = { columns: { size: { categories: ["small", "large"] } } } as const;
    expect([...(await readCsv(bytes("size\nlarge\nsmall\n"), options)).column("size").values]).toEqual([1, 0]);
    const error = await errorOf("size\nlarge\nhuge\n", options);
    expect(error).toMatchObject({ row: 1, column: "size", code: "LIT_DATA_FILE" });
    expect(error.message).toContain('one of the categories ["small", "large"]. Received "huge"');
  });

  it("reads other encodings, quotes that mean nothing, and a header without rows", async () => {
    const latin = await readCsv(Uint8Array.of(0x61, 10, 0xe9, 10), { encoding: "latin1" });
    expect(latin.row(0)).toEqual({ a: "é" });
    expect((await readCsv(bytes('a,b\n5",x\n'), { quote: "" })).row(0)).toEqual({ a: '5"', b: "x" });
    const empty = await readCsv(bytes("a,b\n"));
    expect([empty.length, empty.names]).toEqual([0, ["a", "b"]]);
  });
});

describe("damaged CSV files are named", () => {
  it("by the row that is longer or shorter than the header", async () => {
    const error = await errorOf("a,b\n1,2\n\n3\n");
    expect(error).toMatchObject({ row: 1, path: "the bytes" });
    expect(error.message).toContain("Expected 2 values: a, b. Received 1:");
    expect((await errorOf("a,b\n1,2,3\n")).row).toBe(0);
  });

  it("by a quote that never closes, or closes in the middle", async () => {
    expect((await errorOf('a,b\n1,x\n2,"y\n3,z\n')).message).toMatch(/record 2 of the file cannot be read.*quote/i);
    expect((await errorOf('a,b\n1,"x"y\n')).message).toMatch(/record 1 of the file cannot be read.*quote/i);
  });

  it("by the row and column of a value of another type", async () => {
    const error = await errorOf("a,b\n1,2\n3,four\n", { columns: { b: "number" } });
    expect(error).toMatchObject({ row: 1, column: "b" });
    expect(error.message).toContain('Expected a number. Received "four"');
    expect((await errorOf("a\n3000000000\n", { columns: { a: "integer" } })).message).toContain("int32");
    expect((await errorOf("a\n2024-02-30\n", { columns: { a: "date" } })).message).toContain("a date such as");
    expect((await errorOf("a\n99999999999999999999\n", { columns: { a: "bigint" } })).row).toBe(0);
  });

  it("by the byte where no text is any more", async () => {
    const error = await errorOf(Uint8Array.from([...bytes("a,b\n1,ü\n"), 0xff, 0xfe]));
    expect(error).toMatchObject({ offsetBytes: 9 });
    expect(error.message).toContain("no utf-8 text");
    const cut = await errorOf(bytes("a\nü").subarray(0, 3));
    expect(cut.message).toContain("no utf-8 text");
  });

  it("by what they are instead", async () => {
    expect((await errorOf(Uint8Array.of(0x1f, 0x8b, 8, 0))).message).toContain(
      "a gzip file, no text. Try: decompressing",
    );
    expect((await errorOf("PAR1....")).message).toContain("openParquet");
    expect((await errorOf("")).message).toContain("there are no columns");
  });

  it("by columns that are not there, or twice", async () => {
    expect((await errorOf("a,body\n1,2\n", { columns: ["bdy"] })).message).toContain("Try: body (did you mean that?)");
    expect((await errorOf("a,a\n1,2\n")).message).toContain('two columns have the name "a"');
  });

  it("by their path where there is no file", async () => {
    const options = { files: nodeFiles() };
    await expect(readCsv("/nowhere/a.csv", options)).rejects.toThrow("/nowhere/a.csv: there is no such file");
    await expect(readCsv(tmpdir(), options)).rejects.toThrow("this is a folder");
  });

  it("and so are options that cannot be", async () => {
    await expect(readCsv(bytes("a\n1\n"), Object({ sep: ";" }))).rejects.toThrow('readCsv has no option "sep"');
    await expect(readCsv(bytes("a\n1\n"), { delimiter: "::" })).rejects.toThrow("readCsv's delimiter is not usable");
    await expect(readCsv(bytes("a\n1\n"), Object({ columns: { a: "float" } }))).rejects.toThrow("readCsv's columns");
  });
});
