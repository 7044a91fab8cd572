import { DataFileError } from "../errors/data-file-error.js";
import type { ByteSource } from "./byte-source.js";

const PIECE_BYTES = 4 << 20;

/**
 * A file's text, some of it at a time; a byte order mark is left out.
 * @throws DataFileError where bytes are not of the encoding
 */
export async function* textPieces(source: ByteSource, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let offset = 0; offset < source.sizeBytes; offset += PIECE_BYTES) {
    const bytes = await source.read(offset, Math.min(PIECE_BYTES, source.sizeBytes - offset));
    if (offset === 0) refuseOtherFiles(source.path, bytes);
    const isLast = offset + PIECE_BYTES >= source.sizeBytes;
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: !isLast });
    } catch (cause) {
      throw notText(source.path, offset + badByte(bytes, encoding), encoding, cause);
    }
    yield text;
  }
}

/** What is often taken for a text: compressed files, Parquet, Arrow, Excel. */
const SIGNATURES: readonly (readonly [string, readonly number[], string])[] = [
  ["gzip", [0x1f, 0x8b], "decompressing it first (gunzip)"],
  ["zip or Excel", [0x50, 0x4b, 3, 4], "decompressing it, or saving the sheet as CSV"],
  ["Parquet", [0x50, 0x41, 0x52, 0x31], "openParquet"],
  ["Arrow", [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], "readArrow"],
];

function refuseOtherFiles(path: string, bytes: Uint8Array): void {
  const found = SIGNATURES.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
  if (found === undefined) return;
  const [name, , tryThis] = found;
  throw new DataFileError({ path, offsetBytes: 0, message: `this is a ${name} file, no text.`, tryThis });
}

/** Where the first byte is that no decoder takes. */
function badByte(bytes: Uint8Array, encoding: string): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isText(bytes.subarray(0, middle), encoding)) good = middle;
    else bad = middle;
  }
  return good;
}

function isText(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false; // The answer to the question.
  }
}

function notText(path: string, offsetBytes: number, encoding: string, cause: unknown): DataFileError {
  return new DataFileError({
    path,
    offsetBytes,
    message: `the bytes from here on are no ${encoding} text.`,
    tryThis: 'another encoding, such as encoding: "latin1" or "utf-16le", if the file is not damaged.',
    cause,
  });
}
