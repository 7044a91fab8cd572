import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cellAt } from "../table/column.js";
import { readJsonLines } from "./read-json-lines.js";

interface Recorded {
  readonly files: readonly {
    readonly name: string;
    readonly text: string;
    readonly columns: Readonly<Record<string, { readonly dtype: string; readonly values: readonly unknown[] }>>;
  }[];
}

// What tests/parity/record_tables.py recorded from pandas.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/json-lines.json", import.meta.url), "utf8"));
const TYPES: Readonly<Record<string, string>> = { int64: "integer", float64: "number", bool: "boolean", str: "text" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("readJsonLines reads what pandas reads", () => {
  it.each(recorded.files)("$name", async ({ text, columns }) => {
    const table = await readJsonLines(bytes(text));
    expect(table.names).toEqual(Object.keys(columns));
    for (const [name, { dtype, values }] of Object.entries(columns)) {
      const column = table.column(name);
      expect(column.type).toBe(TYPES[dtype]);
      expect(values.map((_, row) => cellAt(column, row) ?? null)).toEqual(values);
    }
  });
});

describe("readJsonLines", () => {
  it("writes arrays, objects and what is mixed as JSON", async () => {
    const table = await readJsonLines(bytes('{"a": [1, 2], "b": 1}\n{"a": {"c": null}, "b": "x"}'));
    expect([table.row(0), table.row(1)]).toEqual([
      { a: "[1,2]", b: "1" },
      { a: '{"c":null}', b: "x" },
    ]);
  });

  it("reads the types that are asked for", async () => {
    const line = '{"at": "2024-05-01", "ms": 1000, "id": "9007199254740993", "kind": "b"}\n{"kind": "a"}';
    const table = await readJsonLines(bytes(line), {
      columns: { at: "date", ms: "date", id: "bigint", kind: "category" },
    });
    expect(table.row(0)).toEqual({ at: new Date("2024-05-01"), ms: new Date(1000), id: 9007199254740993n, kind: "b" });
    expect([table.missing, [...table.column("kind").values]]).toEqual([{ at: 1, ms: 1, id: 1, kind: 0 }, [1, 0]]);
  });

  it("takes names such as __proto__ and toString for columns", async () => {
    const table = await readJsonLines(bytes('{"toString": 1, "__proto__": 2}\n{"toString": 3, "__proto__": 4}'));
    expect(table.names).toEqual(["toString", "__proto__"]);
    expect([...table.column("__proto__").values.toString()]).toEqual([..."2,4"]);
  });

  it("names the row that is no JSON, or no object, or of another type", async () => {
    await expect(readJsonLines(bytes('{"a": 1}\n\n{"a": NaN}'))).rejects.toThrow(
      /row 1: the line is no JSON\..*Try: null for NaN/,
    );
    await expect(readJsonLines(bytes('{"a": 1}\n{"a": '))).rejects.toMatchObject({ row: 1, code: "LIT_DATA_FILE" });
    await expect(readJsonLines(bytes("[1]"))).rejects.toThrow("row 0: the line is no object");
    await expect(readJsonLines(bytes('{"a": 1}\n{"a": "x"}'), { columns: { a: "number" } })).rejects.toMatchObject({
      row: 1,
      column: "a",
    });
    await expect(readJsonLines(bytes(""))).rejects.toThrow("there are no columns");
    await expect(readJsonLines(Uint8Array.of(0x7b, 0xff))).rejects.toMatchObject({ offsetBytes: 1 });
  });
});
