import { rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { checkSize } from "./check-size.js";
import { DataArray } from "./data-array.js";
import { bytesPerNumber, numbersOf, type NumberType } from "./number-array.js";

const TYPES: ReadonlyMap<number, NumberType> = new Map([
  [0x08, "uint8"],
  [0x09, "int8"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);

/**
 * Reads the array of an IDX file, the format of MNIST: two zeros, the type, the number of dimensions, each dimension,
 * then the values.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no such file, or damaged
 * @example
 * ```ts
 * import { readIdx } from "@lightning-ts/data";
 *
 * const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1); // three labels
 * console.log((await readIdx(bytes)).values); // Uint8Array [7, 2, 1]
 * ```
 */
export async function readIdx(source: DataSource, options: FilesOption = {}): Promise<DataArray> {
  rejectUnknownOptions("readIdx", options, ["files"]);
  const path = typeof source === "string" ? source : "the bytes";
  const bytes = await readSource("readIdx", source, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes.length < 4 || view.getUint16(0) !== 0 ? undefined : TYPES.get(view.getUint8(2));
  if (type === undefined)
    throw new DataFileError({
      path,
      offsetBytes: 0,
      message: "this is no IDX file.",
      expected: "two zeros, and a type from 8 to 14",
      received: bytes.length < 4 ? `${bytes.length} bytes` : `the bytes ${[...bytes.subarray(0, 4)].join(", ")}`,
      tryThis: bytes[0] === 0x1f ? "decompressing it first (gunzip)." : undefined,
    });
  const offsetBytes = 4 + 4 * view.getUint8(3);
  if (bytes.length < offsetBytes)
    throw new DataFileError({
      path,
      offsetBytes: 4,
      message: "the IDX file ends inside its header.",
      expected: `${offsetBytes} bytes`,
      received: `${bytes.length}`,
    });
  const shape = Array.from({ length: view.getUint8(3) }, (_, axis) => view.getUint32(4 + 4 * axis));
  checkSize(path, { shape, offsetBytes, bytesPerValue: bytesPerNumber(type), sizeBytes: bytes.length });
  return new DataArray(type, shape, numbersOf(bytes.subarray(offsetBytes), type, true));
}
