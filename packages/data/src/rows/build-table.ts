import { describeValue, nearestName } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import type { Column, ColumnType } from "../table/column.js";
import { Table } from "../table/table.js";
import { columnBuilder } from "./column-builder.js";
import { ColumnGuess } from "./column-guess.js";
import type { CategoriesSpec, ColumnSpec } from "./column-spec.js";
import type { Dialect } from "./dialect.js";

/** Rows of a file, some at a time. */
export interface RowBlock<TCell> {
  readonly length: number;
  cell(row: number, name: string): TCell;
}

/** A file of rows that can be gone through several times. */
export interface RowFile<TCell> {
  readonly path: string;
  readonly dialect: Dialect<TCell>;
  /** Names of the columns so far: after all blocks of a pass they are all there. */
  readonly names: readonly string[];
  blocks(): AsyncIterable<RowBlock<TCell>>;
}

/**
 * Reads a file into a table in two passes, so that nothing but the columns stays in memory: the first one counts rows
 * and looks at what columns hold, the second one fills them.
 * @param specs the columns to read; undefined for all
 * @throws DataFileError for a column that is not there, and for a cell that is not of its column's type
 */
export async function buildTable<TCell>(
  file: RowFile<TCell>,
  specs: ReadonlyMap<string, ColumnSpec> | undefined,
): Promise<Table> {
  const { rows, guesses } = await look(file, specs);
  const names = specs === undefined ? file.names : [...specs.keys()];
  for (const name of names) if (!file.names.includes(name)) throw noColumn(file, name);
  if (names.length === 0) throw new DataFileError({ path: file.path, message: "there are no columns in it." });
  const columns = names.map((name) => {
    const spec = specs?.get(name) ?? "auto";
    const type = spec === "auto" ? (guesses.get(name)?.type ?? "number") : spec;
    return { name, type, builder: columnBuilder(type, rows, file.dialect) };
  });
  let start = 0;
  for await (const block of file.blocks()) {
    for (const { name, type, builder } of columns)
      for (let row = 0; row < block.length; row += 1) {
        const cell = block.cell(row, name);
        if (!builder.set(start + row, cell)) throw wrongCell(file, { row: start + row, column: name }, type, cell);
      }
    start += block.length;
  }
  return new Table(Object.fromEntries(columns.map(({ name, builder }): [string, Column] => [name, builder.finish()])));
}

/** The first pass. */
async function look<TCell>(
  file: RowFile<TCell>,
  specs: ReadonlyMap<string, ColumnSpec> | undefined,
): Promise<{ readonly rows: number; readonly guesses: ReadonlyMap<string, ColumnGuess> }> {
  const guesses = new Map<string, ColumnGuess>();
  let rows = 0;
  for await (const block of file.blocks()) {
    for (const name of file.names) {
      if (specs !== undefined && specs.get(name) !== "auto") continue;
      const guess = guesses.get(name) ?? new ColumnGuess();
      if (!guesses.has(name) && rows > 0) guess.see("missing");
      guesses.set(name, guess);
      for (let row = 0; row < block.length && !guess.isSettled; row += 1)
        guess.see(file.dialect.kindOf(block.cell(row, name)));
    }
    rows += block.length;
  }
  return { rows, guesses };
}

function noColumn({ path, names }: { readonly path: string; readonly names: readonly string[] }, name: string) {
  const nearest = nearestName(name, names);
  return new DataFileError({
    path,
    column: name,
    message: "there is no such column.",
    expected: `one of ${names.join(", ")}`,
    tryThis: nearest === undefined ? undefined : `${nearest} (did you mean that?)`,
  });
}

const WORDS: Readonly<Record<ColumnType, string>> = {
  number: "a number",
  integer: "a whole number that an int32 holds",
  bigint: "a whole number of 64 bits",
  boolean: "true or false",
  text: "a text",
  date: "a date such as 2024-02-28 or 2024-02-28T12:30:00Z",
  category: "a text",
};

function wrongCell(
  { path }: { readonly path: string },
  place: { readonly row: number; readonly column: string },
  type: ColumnType | CategoriesSpec,
  cell: unknown,
): DataFileError {
  const isListed = typeof type === "object";
  return new DataFileError({
    ...place,
    path,
    message: "the value does not fit its column.",
    expected: isListed ? `one of the categories ${describeValue(type.categories)}` : WORDS[type],
    received: describeValue(cell),
    tryThis: isListed
      ? 'more categories, or "category", which takes all that come.'
      : `columns: { ${JSON.stringify(place.column)}: "text" }, or the value among those that stand for a missing one.`,
  });
}
