import { nearestName } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { columnBuilder } from "../rows/column-builder.js";
import type { CategoriesSpec, ColumnSpec } from "../rows/column-spec.js";
import type { Column, ColumnType } from "../table/column.js";
import type { ParquetSource } from "./parquet-source.js";
import { ValueDialect } from "./value-dialect.js";

/** What each column that is read becomes. */
export type ParquetColumns = ReadonlyMap<string, ColumnType | CategoriesSpec>;

const DIALECT = new ValueDialect();
/** Rows that are read at a time, of one column. */
export const BLOCK_ROWS = 32_768;

/**
 * @param specs the columns to read; undefined for all
 * @throws DataFileError for a column that is not there, or of a kind that no table holds
 */
export function parquetColumns(
  { path, stored }: ParquetSource,
  specs: ReadonlyMap<string, ColumnSpec> | undefined,
): ParquetColumns {
  const chosen = specs ?? new Map([...stored.keys()].map((name) => [name, "auto"] as const));
  return new Map([...chosen].map(([name, spec]) => [name, typeOf({ path, stored }, name, spec)]));
}

function typeOf(
  { path, stored }: Pick<ParquetSource, "path" | "stored">,
  name: string,
  spec: ColumnSpec,
): ColumnType | CategoriesSpec {
  const type = stored.get(name);
  if (type === undefined) {
    const nearest = nearestName(name, stored.keys());
    throw new DataFileError({
      path,
      column: name,
      message: "there is no such column.",
      expected: `one of ${[...stored.keys()].join(", ")}`,
      tryThis: nearest === undefined ? undefined : `${nearest} (did you mean that?)`,
    });
  }
  if (type === "nested" || (type === "bytes" && spec !== "text"))
    throw new DataFileError({
      path,
      column: name,
      message: type === "nested" ? "the column holds lists or records." : "the column holds bytes that are no text.",
      expected: "columns of numbers, booleans, texts and times",
      tryThis: `the option columns, with all others${type === "bytes" ? ', or { columns: { …: "text" } }' : ""}.`,
    });
  return spec === "auto" ? (type === "bytes" ? "text" : type) : spec;
}

/** Some rows of some columns. @throws DataFileError for a value that does not fit its column */
export async function readColumns(
  source: ParquetSource,
  columns: ParquetColumns,
  start: number,
  end: number,
): Promise<ReadonlyMap<string, Column>> {
  const found = new Map<string, Column>();
  // One column after the other, in parts: what a library has decoded takes more memory than what is kept of it.
  for (const [name, type] of columns) {
    const builder = columnBuilder(type, end - start, DIALECT);
    for (const [from, to] of blocksOf(source, start, end)) {
      const values = await source.readColumn(name, from, to);
      for (const [i, value] of values.entries())
        if (!builder.set(from - start + i, value)) throw wrongValue(source.path, name, from + i, type, value);
    }
    found.set(name, builder.finish());
  }
  return found;
}

/** Parts of at most `BLOCK_ROWS` rows, none of which reaches into another row group. */
export function blocksOf(
  { groupStarts, length }: Pick<ParquetSource, "groupStarts" | "length">,
  start = 0,
  end = length,
): readonly (readonly [start: number, end: number])[] {
  const blocks: [number, number][] = [];
  for (const [i, groupStart] of groupStarts.entries()) {
    const groupEnd = groupStarts[i + 1] ?? length;
    for (let from = Math.max(groupStart, start); from < Math.min(groupEnd, end);) {
      const to = Math.min(from + BLOCK_ROWS, groupEnd, end);
      blocks.push([from, to]);
      from = to;
    }
  }
  return blocks;
}

function wrongValue(
  path: string,
  column: string,
  row: number,
  type: ColumnType | CategoriesSpec,
  value: unknown,
): DataFileError {
  return new DataFileError({
    path,
    column,
    row,
    message: "the value does not fit the type that is asked for.",
    expected: typeof type === "object" ? `one of the categories ${type.categories.join(", ")}` : type,
    received: String(value),
    tryThis: '"auto", which takes the type that the file has.',
  });
}
