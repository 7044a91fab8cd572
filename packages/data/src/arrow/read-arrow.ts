import { LightningError, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { checkFile, checkStream } from "../ipc/check-ipc.js";
import { damagedArrow } from "../ipc/damaged-arrow.js";
import type { Table } from "../table/table.js";
import type { ArrowTable } from "./arrow-like.js";
import { checkMemory } from "./check-memory.js";
import { fromArrow, type ArrowOptions } from "./from-arrow.js";
import { withCodecs } from "./with-codecs.js";

export interface ReadArrowOptions extends ArrowOptions, FilesOption {}

/**
 * Reads an Arrow file (also called Feather) or stream into a table, around the memory of the file; what is compressed
 * with LZ4 or Zstandard is decompressed. It needs the package apache-arrow.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no such file, or damaged
 */
export async function readArrow(source: DataSource, options: ReadArrowOptions = {}): Promise<Table> {
  rejectUnknownOptions("readArrow", options, ["columns", "files"]);
  const path = typeof source === "string" ? source : "the bytes";
  const bytes = await readSource("readArrow", source, options);
  return readTable(path, bytes, options.columns === undefined ? {} : { columns: options.columns });
}

const MAGIC = "ARROW1";
const FEATHER_1 = "FEA1";

/**
 * The table in the bytes of a file or stream. What they say about themselves is compared with them before and after
 * apache-arrow reads them, because it trusts it.
 */
export async function readTable(path: string, bytes: Uint8Array, options: ArrowOptions): Promise<Table> {
  const isFile = begins(bytes, MAGIC);
  if (isFile && !begins(bytes.subarray(-MAGIC.length), MAGIC))
    throw new DataFileError({
      path,
      offsetBytes: bytes.length,
      message: "the Arrow file has no end: it is cut off, or was never closed.",
      tryThis: "copying or writing the file again.",
    });
  if (begins(bytes, FEATHER_1))
    throw new DataFileError({
      path,
      message: "the Feather file is of version 1, which is from before 2020 and no Arrow file.",
      tryThis: "writing it again, such as with pyarrow.feather.write_feather(pyarrow.feather.read_table(…), …).",
    });
  const codecs = isFile ? checkFile(path, bytes) : checkStream(path, bytes);
  const { tableFromIPC, compressionRegistry } = await loadArrow();
  try {
    const table: ArrowTable = await withCodecs(compressionRegistry, codecs, () => tableFromIPC(bytes));
    checkMemory(table);
    if (table.schema.fields.length === 0) throw new Error("no columns are found in it");
    return fromArrow(table, options);
  } catch (cause) {
    if (cause instanceof LightningError) throw cause;
    throw damagedArrow(path, cause instanceof Error ? cause.message : String(cause), undefined, cause);
  }
}

/** @throws MisconfigurationError where apache-arrow is not installed */
async function loadArrow() {
  try {
    return await import("apache-arrow");
  } catch (cause) {
    throw new MisconfigurationError({
      message: "Arrow files and DataFrames of Polars are read with the package apache-arrow, which is not installed.",
      tryThis: "npm install apache-arrow",
      cause,
    });
  }
}

const begins = (bytes: Uint8Array, mark: string): boolean =>
  String.fromCharCode(...bytes.subarray(0, mark.length)) === mark;
