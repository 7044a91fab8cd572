import { LightningError } from "@lightning-ts/core";

/** Where in a file something is wrong. */
export interface FilePlace {
  /** The file's path, or what stands for it where bytes were given. */
  readonly path: string;
  /** Counted from 0, without a header. */
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  readonly offsetBytes?: number | undefined;
}

export interface DataFileErrorOptions extends FilePlace {
  /** What is wrong, a sentence. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  readonly tryThis?: string | undefined;
  readonly cause?: unknown;
}

/** A file of data is missing, damaged, or not what it claims to be. */
export class DataFileError extends LightningError {
  readonly path: string;
  readonly row: number | undefined;
  readonly column: string | undefined;
  readonly offsetBytes: number | undefined;

  constructor(options: DataFileErrorOptions) {
    const { message, expected, received, tryThis, cause } = options;
    super({ code: "LIT_DATA_FILE", message: `${placeOf(options)}: ${message}`, expected, received, tryThis, cause });
    this.path = options.path;
    this.row = options.row;
    this.column = options.column;
    this.offsetBytes = options.offsetBytes;
  }
}

function placeOf({ path, row, column, offsetBytes }: FilePlace): string {
  const parts = [path];
  if (row !== undefined) parts.push(`row ${row}`);
  if (column !== undefined) parts.push(`column ${JSON.stringify(column)}`);
  if (offsetBytes !== undefined) parts.push(`byte ${offsetBytes}`);
  return parts.join(", ");
}
