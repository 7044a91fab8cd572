import { DataFileError } from "../errors/data-file-error.js";
import type { ByteSource } from "../files/byte-source.js";
import { textPieces } from "../files/text-pieces.js";

export interface CsvFormat {
  readonly delimiter: string;
  readonly quote: string;
  readonly comment: string | undefined;
  readonly encoding: string;
}

/** What papaparse's parser says of one text. */
interface Parsed {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly message: string; readonly row?: number | undefined }[];
  readonly meta: { readonly cursor: number };
}

/**
 * The records of a CSV file, some at a time; empty lines are left out.
 * @throws DataFileError for a quote that never closes
 */
export async function* csvRecords(source: ByteSource, format: CsvFormat): AsyncGenerator<(readonly string[])[]> {
  const { Parser } = (await import("papaparse")).default;
  const { delimiter, quote: quoteChar, comment } = format;
  let newline: "\n" | "\r" | "\r\n" | undefined;
  let rest = "";
  let read = 0;
  const parse = (text: string, isLast: boolean): (readonly string[])[] => {
    newline ??= newlineOf(text);
    const parser = new Parser({ delimiter, newline, quoteChar, comments: comment ?? false });
    const { data, errors, meta }: Parsed = parser.parse(text, 0, !isLast);
    const [error] = errors;
    if (error !== undefined) throw brokenRecord(source.path, read + (error.row ?? 0), error.message);
    rest = isLast ? "" : text.slice(meta.cursor);
    const records = data.filter(isFilled).map(withoutReturn);
    read += records.length;
    return records;
  };
  for await (const piece of textPieces(source, format.encoding)) yield parse(rest + piece, false);
  if (rest !== "") yield parse(rest, true);
}

const isFilled = (record: readonly string[]): boolean => record.length > 1 || (record[0] ?? "").trim() !== "";

/** In a file with both kinds of line ends a carriage return may be left at the end of a record. */
function withoutReturn(record: readonly string[]): readonly string[] {
  const last = record.at(-1);
  return last?.endsWith("\r") === true ? [...record.slice(0, -1), last.slice(0, -1)] : record;
}

function newlineOf(text: string): "\n" | "\r" | "\r\n" {
  const first = text.search(/[\r\n]/);
  if (first < 0 || text[first] === "\n") return "\n";
  return text[first + 1] === "\n" ? "\r\n" : text.includes("\n") ? "\n" : "\r";
}

function brokenRecord(path: string, record: number, reason: string): DataFileError {
  return new DataFileError({
    path,
    row: record,
    message: `record ${record} of the file cannot be read. ${reason}.`,
    expected: "quotes that close, with quotes inside of them doubled",
    tryThis: 'a look at the file there, or quote: "" where quotes mean nothing.',
  });
}
