import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { openSource, type ByteSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { buildTable, type RowBlock, type RowFile } from "../rows/build-table.js";
import { specsOf, type ColumnsOption, type TypesOf } from "../rows/column-spec.js";
import type { Table } from "../table/table.js";
import { CsvDialect, MISSING_TEXTS } from "./csv-dialect.js";
import { csvRecords, type CsvFormat } from "./csv-records.js";

export interface CsvOptions<TColumns extends ColumnsOption = ColumnsOption> extends FilesOption {
  /** The columns to read: their names, or what they hold by name. @default all, by what their values look like */
  readonly columns?: TColumns | undefined;
  /** What stands between values. @default "," or, where the path ends in .tsv, a tab */
  readonly delimiter?: string | undefined;
  /** Whether the first record has the names, or the names of a file without. @default true */
  readonly header?: true | readonly string[] | undefined;
  /** Texts that stand for a missing value. @default pandas': "", "NA", "NaN", "null" and others */
  readonly missing?: readonly string[] | undefined;
  /** What stands around values that hold delimiters or line ends; "" for nothing. @default '"' */
  readonly quote?: string | undefined;
  /** Lines that begin with it are left out. @default none */
  readonly comment?: string | undefined;
  /** @default "utf-8" */
  readonly encoding?: string | undefined;
}

const OPTIONS = ["columns", "delimiter", "header", "missing", "quote", "comment", "encoding", "files"];

/**
 * Reads a CSV file into a table. Without `columns`, a column of whole numbers is "integer" (with missing ones among
 * them "number"), one of other numbers "number", one of true and false "boolean", everything else "text". Dates and
 * categories are read where `columns` says so.
 * @param source a path, or a file's bytes
 * @throws DataFileError that names the row and column of what cannot be read
 * @example
 * ```ts
 * import { readCsv } from "@lightning-ts/data";
 *
 * const bytes = new TextEncoder().encode("city,date,rain\nBern,2024-05-01,3.5\nGenf,2024-05-02,NA\n");
 * const table = await readCsv(bytes, { columns: { city: "category", date: "date", rain: "number" } });
 * console.log(table.length, table.row(0).city, table.missing); // 2 "Bern" { city: 0, date: 0, rain: 1 }
 * ```
 */
export async function readCsv<const TColumns extends ColumnsOption = readonly string[]>(
  source: DataSource,
  options?: CsvOptions<TColumns>,
): Promise<Table<TypesOf<TColumns>>>;
export async function readCsv(source: DataSource, options: CsvOptions = {}): Promise<unknown> {
  rejectUnknownOptions("readCsv", options, OPTIONS);
  const specs = specsOf("readCsv", options.columns);
  const opened = await openSource("readCsv", source, options);
  return buildTable(new CsvFile(opened, options), specs);
}

class CsvFile implements RowFile<string> {
  readonly path: string;
  readonly dialect: CsvDialect;
  readonly #source: ByteSource;
  readonly #format: CsvFormat;
  #names: readonly string[] | undefined;
  #places: ReadonlyMap<string, number> = new Map();
  readonly #hasHeader: boolean;

  constructor(source: ByteSource, { delimiter, header = true, missing, quote = '"', comment, encoding }: CsvOptions) {
    this.path = source.path;
    this.#source = source;
    this.#format = {
      delimiter: requireCharacter("delimiter", delimiter ?? (source.path.endsWith(".tsv") ? "\t" : ",")),
      // papaparse has no word for no quotes; this character stands in no text.
      quote: quote === "" ? "\u{0}" : requireCharacter("quote", quote),
      comment,
      encoding: encoding ?? "utf-8",
    };
    this.dialect = new CsvDialect(missing ?? MISSING_TEXTS);
    this.#hasHeader = header === true;
    if (header !== true) this.#setNames(header);
  }

  get names(): readonly string[] {
    return this.#names ?? [];
  }

  async *blocks(): AsyncGenerator<RowBlock<string>> {
    let isHeader = this.#hasHeader;
    let row = 0;
    for await (const all of csvRecords(this.#source, this.#format)) {
      if (all.length === 0) continue;
      const records = isHeader ? all.slice(1) : all;
      if (isHeader && this.#names === undefined) this.#setNames(all[0] ?? []);
      isHeader = false;
      for (const [i, record] of records.entries()) this.#checkWidth(record, row + i);
      row += records.length;
      const places = this.#places;
      yield { length: records.length, cell: (at, name) => records[at]?.[places.get(name) ?? -1] ?? "" };
    }
  }

  #setNames(given: readonly string[]): void {
    const names = given.map((name, i) => (name === "" ? `Unnamed: ${i}` : name));
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new DataFileError({
        path: this.path,
        message: `two columns have the name ${JSON.stringify(twice)}.`,
        tryThis: "names of your own: header: [...] gives them, after the first line is taken away.",
      });
    this.#names = names;
    this.#places = new Map(names.map((name, place) => [name, place]));
  }

  #checkWidth(record: readonly string[], row: number): void {
    if (record.length === this.names.length) return;
    throw new DataFileError({
      path: this.path,
      row,
      message: "the record is longer or shorter than the header.",
      expected: `${this.names.length} values: ${this.names.join(", ")}`,
      received: `${record.length}: ${describeValue(record)}`,
      tryThis: `another delimiter than ${JSON.stringify(this.#format.delimiter)}, or quotes around values that hold it.`,
    });
  }
}

function requireCharacter(name: string, value: string): string {
  if (typeof value === "string" && value.length === 1) return value;
  throw new MisconfigurationError({
    message: `readCsv's ${name} is not usable.`,
    expected: "one character",
    received: describeValue(value),
  });
}
