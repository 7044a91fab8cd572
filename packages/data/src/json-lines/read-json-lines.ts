import { describeValue, isPlainObject, rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { openSource, type ByteSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { textPieces } from "../files/text-pieces.js";
import { buildTable, type RowBlock, type RowFile } from "../rows/build-table.js";
import { specsOf, type ColumnsOption, type TypesOf } from "../rows/column-spec.js";
import type { Table } from "../table/table.js";
import { JsonDialect } from "./json-dialect.js";

export interface JsonLinesOptions<TColumns extends ColumnsOption = ColumnsOption> extends FilesOption {
  /** The columns to read: their names, or what they hold by name. @default all, by what their values are */
  readonly columns?: TColumns | undefined;
}

/**
 * Reads a file with one JSON object in each line into a table. Without `columns`, a column of whole numbers is
 * "integer" (with missing ones among them "number"), one of other numbers "number", one of true and false "boolean",
 * everything else "text"; arrays, objects and what is mixed are text as JSON writes them. What is null, or not in a
 * line, is missing. Dates are texts as ISO 8601 has them, or milliseconds since 1970.
 * @param source a path, or a file's bytes
 * @throws DataFileError that names the row of what cannot be read
 * @example
 * ```ts
 * import { readJsonLines } from "@lightning-ts/data";
 *
 * const bytes = new TextEncoder().encode('{"word": "one", "size": 3}\n{"word": "three", "size": 5}\n');
 * const table = await readJsonLines(bytes, { columns: { size: "number", word: "text" } });
 * console.log(table.row(1)); // { size: 5, word: "three" }
 * ```
 */
export async function readJsonLines<const TColumns extends ColumnsOption = readonly string[]>(
  source: DataSource,
  options?: JsonLinesOptions<TColumns>,
): Promise<Table<TypesOf<TColumns>>>;
export async function readJsonLines(source: DataSource, options: JsonLinesOptions = {}): Promise<unknown> {
  rejectUnknownOptions("readJsonLines", options, ["columns", "files"]);
  const specs = specsOf("readJsonLines", options.columns);
  const opened = await openSource("readJsonLines", source, options);
  return buildTable(new JsonLinesFile(opened), specs);
}

type Row = Readonly<Record<string, unknown>>;

class JsonLinesFile implements RowFile<unknown> {
  readonly path: string;
  readonly dialect = new JsonDialect();
  readonly #source: ByteSource;
  readonly #names = new Set<string>();

  constructor(source: ByteSource) {
    this.path = source.path;
    this.#source = source;
  }

  get names(): readonly string[] {
    return [...this.#names];
  }

  async *blocks(): AsyncGenerator<RowBlock<unknown>> {
    let rest = "";
    let row = 0;
    for await (const piece of textPieces(this.#source, "utf-8")) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      const rows = this.#rowsOf(lines, row);
      row += rows.length;
      yield blockOf(rows);
    }
    yield blockOf(this.#rowsOf([rest], row));
  }

  #rowsOf(lines: readonly string[], firstRow: number): readonly Row[] {
    const rows: Row[] = [];
    for (const line of lines) {
      if (line.trim() === "") continue;
      const parsed = this.#parsed(line, firstRow + rows.length);
      for (const name of Object.keys(parsed)) this.#names.add(name);
      rows.push(parsed);
    }
    return rows;
  }

  #parsed(line: string, row: number): Row {
    const place = { path: this.path, row };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new DataFileError({
        ...place,
        message: "the line is no JSON.",
        received: describeValue(line),
        tryThis: /NaN|Infinity/.test(line) ? "null for NaN and infinities, which JSON does not have." : undefined,
        cause,
      });
    }
    if (isPlainObject(value)) return value;
    throw new DataFileError({
      ...place,
      message: "the line is no object.",
      expected: '{ "name": value, … } in each line',
      received: describeValue(value),
    });
  }
}

function blockOf(rows: readonly Row[]): RowBlock<unknown> {
  return {
    length: rows.length,
    cell: (row, name) => {
      const record = rows[row];
      return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
    },
  };
}
