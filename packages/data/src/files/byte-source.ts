import { requireFiles, type FileSystem } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";

/** A file's path, or its bytes. */
export type DataSource = string | Uint8Array;

/** Where files are found. */
export interface FilesOption {
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
}

/** Bytes of which parts can be read. */
export interface ByteSource {
  /** For messages. */
  readonly path: string;
  readonly sizeBytes: number;
  /** @throws DataFileError where so many bytes are not there */
  read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array>;
}

/** What messages call bytes that come from no file. */
const NO_PATH = "the bytes";

/**
 * @param owner who reads, for messages
 * @throws DataFileError where no file is at the path
 */
export async function openSource(
  owner: string,
  source: DataSource,
  { files: given }: FilesOption = {},
): Promise<ByteSource> {
  if (source instanceof Uint8Array) return bytesSource(source);
  const files = requireFiles(owner, given);
  const path = files.resolve(source);
  const found = await files.stat(path);
  if (found?.isFile !== true)
    throw new DataFileError({
      path: source,
      message: found === undefined ? "there is no such file." : "this is a folder.",
      expected: "the path of a file",
      tryThis: found === undefined ? `a look into ${files.dirname(path)}.` : undefined,
    });
  const { sizeBytes } = found;
  return {
    path: source,
    sizeBytes,
    read: async (offset, length) => whole(await files.readRange(path, offset, length), source, offset, length),
  };
}

/** All bytes of a source. */
export async function readSource(owner: string, source: DataSource, options: FilesOption = {}): Promise<Uint8Array> {
  const opened = await openSource(owner, source, options);
  return opened.read(0, opened.sizeBytes);
}

function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    path: NO_PATH,
    sizeBytes: bytes.length,
    read: async (offset, length) => whole(bytes.subarray(offset, offset + length), NO_PATH, offset, length),
  };
}

function whole(bytes: Uint8Array, path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
  if (bytes.length === lengthBytes) return bytes;
  throw new DataFileError({
    path,
    offsetBytes,
    message: "the file ends too early.",
    expected: `${lengthBytes} bytes from here on`,
    received: `${bytes.length}`,
    tryThis: "copying or downloading the file again.",
  });
}
