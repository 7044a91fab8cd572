import { LightningError, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import type { Table } from "../table/table.js";
import type { ArrowTable } from "./arrow-like.js";
import { fromArrow, type ArrowOptions } from "./from-arrow.js";

export interface ReadArrowOptions extends ArrowOptions, FilesOption {}

/**
 * Reads an Arrow file (also called Feather) or stream into a table, around the memory of the file. It needs the package
 * apache-arrow.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no such file, or damaged
 */
export async function readArrow(source: DataSource, options: ReadArrowOptions = {}): Promise<Table> {
  rejectUnknownOptions("readArrow", options, ["columns", "files"]);
  const path = typeof source === "string" ? source : "the bytes";
  const bytes = await readSource("readArrow", source, options);
  return fromArrow(await arrowTable(path, bytes), options.columns === undefined ? {} : { columns: options.columns });
}

const MAGIC = "ARROW1";

/** The table in the bytes of a file or stream. */
export async function arrowTable(path: string, bytes: Uint8Array): Promise<ArrowTable> {
  const isFile = hasMagic(bytes.subarray(0, MAGIC.length));
  if (isFile && !hasMagic(bytes.subarray(-MAGIC.length)))
    throw new DataFileError({
      path,
      offsetBytes: bytes.length,
      message: "the Arrow file has no end: it is cut off, or was never closed.",
      tryThis: "copying or writing the file again.",
    });
  const { tableFromIPC } = await loadArrow();
  let table: ArrowTable;
  try {
    table = tableFromIPC(bytes);
    checkLengths(path, table);
  } catch (cause) {
    if (cause instanceof LightningError) throw cause;
    throw damaged(path, cause);
  }
  if (table.schema.fields.length > 0) return table;
  throw damaged(path, new Error("no columns are found in it"));
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

const hasMagic = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes) === MAGIC;

function checkLengths(path: string, table: ArrowTable): void {
  for (const { name } of table.schema.fields) {
    const vector = table.getChild(name);
    if (vector === null || vector.length !== table.numRows)
      throw damaged(path, new Error(`column ${name} has ${vector?.length ?? 0} rows instead of ${table.numRows}`));
    if (vector.length > 0) void vector.get(vector.length - 1);
  }
}

function damaged(path: string, cause: unknown): DataFileError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataFileError({
    path,
    message: `the Arrow file cannot be read: ${reason}.`,
    expected: "a file or stream of Arrow's IPC format",
    tryThis: /compress|codec/i.test(reason)
      ? 'writing it without compression, such as pyarrow.feather.write_feather(…, compression="uncompressed").'
      : "copying or writing the file again.",
    cause,
  });
}
