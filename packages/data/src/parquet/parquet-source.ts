import { LightningError } from "@lightning-ts/core";
import type { AsyncBuffer, Compressors, FileMetaData, ParquetParsers } from "hyparquet";
import { loadZstd } from "../compression/zstd.js";
import { DataFileError } from "../errors/data-file-error.js";
import { openSource, type ByteSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { storedType, type StoredType } from "./stored-type.js";

/** A Parquet file whose columns can be read a part at a time. */
export interface ParquetSource {
  readonly path: string;
  readonly length: number;
  /** What each column holds. */
  readonly stored: ReadonlyMap<string, StoredType>;
  /** The first row of each row group. */
  readonly groupStarts: readonly number[];
  /** The values of some rows of one column: numbers, bigints, booleans, texts, and milliseconds for dates. */
  readColumn(name: string, start: number, end: number): Promise<readonly unknown[]>;
}

/** Dates as milliseconds since 1970: a million Dates would take 40 MB. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value) => Number(value),
  timestampFromMicroseconds: (value) => Number(value) / 1e3,
  timestampFromNanoseconds: (value) => Number(value / 1000n) / 1e3,
  dateFromDays: (days) => days * 86_400_000,
};

/** @throws DataFileError for what is no Parquet file, or a damaged one */
export async function openParquetSource(
  owner: string,
  source: DataSource,
  options: FilesOption,
): Promise<ParquetSource> {
  const opened = await openSource(owner, source, options);
  await refuseOtherFiles(opened);
  const [{ parquetMetadataAsync, parquetSchema, parquetRead }, { compressors: known }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const file = bufferOf(opened);
  const damaged = (cause: unknown, column?: string, row?: number) => damagedFile(opened.path, cause, column, row);
  const metadata: FileMetaData = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw damaged(cause);
  });
  const compressors = withEmptyPages(usesZstd(metadata) ? { ...known, ZSTD: await loadZstd() } : known);
  const groupStarts: number[] = [];
  let length = 0;
  for (const group of metadata.row_groups) {
    groupStarts.push(length);
    length += Number(group.num_rows);
  }
  const { children } = parquetSchema(metadata);
  return {
    path: opened.path,
    length,
    groupStarts,
    stored: new Map(
      children.map(({ element, children: { length: count } }) => [element.name, storedType(element, count)]),
    ),
    async readColumn(name, start, end) {
      const values: unknown[] = [];
      const request = { file, metadata, columns: [name], rowStart: start, rowEnd: end, compressors, parsers: PARSERS };
      const chunks: { readonly columnData: ArrayLike<unknown>; readonly rowStart: number }[] = [];
      await parquetRead({ ...request, useOffsetIndex: true, onChunk: (chunk) => void chunks.push(chunk) }).catch(
        (cause: unknown) => {
          throw damaged(cause, name, start);
        },
      );
      for (const { columnData, rowStart } of chunks.sort((a, b) => a.rowStart - b.rowStart))
        for (let i = Math.max(start - rowStart, 0); i < columnData.length && rowStart + i < end; i += 1)
          values.push(columnData[i]);
      if (values.length !== end - start)
        throw damaged(new Error(`${values.length} values instead of ${end - start}`), name, start);
      return values;
    },
  };
}

const MAGIC = "PAR1";
const SMALLEST = 12;

async function refuseOtherFiles({ path, sizeBytes, read }: ByteSource): Promise<void> {
  const [start, end] =
    sizeBytes < SMALLEST ? ["", ""] : [textOf(await read(0, 4)), textOf(await read(sizeBytes - 4, 4))];
  if (start === MAGIC && end === MAGIC) return;
  const isCut = start === MAGIC;
  throw new DataFileError({
    path,
    offsetBytes: isCut ? sizeBytes - 4 : 0,
    message: isCut ? "the Parquet file has no end: it is cut off, or was never closed." : "this is no Parquet file.",
    expected: '"PAR1" at its beginning and its end',
    received: sizeBytes < SMALLEST ? `${sizeBytes} bytes` : JSON.stringify(isCut ? end : start),
    tryThis: isCut ? "copying or writing the file again." : undefined,
  });
}

const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function bufferOf({ sizeBytes, read }: ByteSource): AsyncBuffer {
  return {
    byteLength: sizeBytes,
    slice(start, end = sizeBytes) {
      const from = start < 0 ? sizeBytes + start : start;
      const bytes = read(from, Math.min(end, sizeBytes) - from).then(bufferOfBytes);
      bytes.catch(() => undefined); // The library reads ahead; where something else fails first, nobody hears of it.
      return bytes;
    },
  };
}

function bufferOfBytes({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  const isWhole = buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength;
  return isWhole ? buffer : new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
}

/** Zstandard is the one codec whose decoder in the library is slow. */
function usesZstd({ row_groups: groups }: FileMetaData): boolean {
  return groups.some(({ columns }) => columns.some(({ meta_data: column }) => column?.codec === "ZSTD"));
}

/** A page in which every value is missing has no bytes, which the decoder of LZ4 takes for damage. */
function withEmptyPages(compressors: Compressors): Compressors {
  const patient = Object.entries(compressors).map(([name, decompress]): [string, typeof decompress] => [
    name,
    (input, length) => (length === 0 ? new Uint8Array() : decompress(input, length)),
  ]);
  return Object.fromEntries(patient);
}

function damagedFile(path: string, cause: unknown, column: string | undefined, row: number | undefined): Error {
  if (cause instanceof LightningError) return cause;
  return new DataFileError({
    path,
    column,
    row,
    message: `the Parquet file cannot be read${row === undefined ? "" : " from this row on"}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    tryThis: "copying or downloading the file again.",
    cause,
  });
}
