export interface IdxArray {
  /** The bytes of all elements, row by row. */
  readonly values: Uint8Array;
  /** For example `[60000, 28, 28]`. */
  readonly shape: readonly number[];
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes: two zeros, the element type, the number of dimensions, each dimension as a
 * big-endian 32-bit number, then the elements.
 * @throws Error if the file is something else or does not have as many elements as it says
 */
export function readIdx(bytes: Uint8Array): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0 || view.getUint8(2) !== UNSIGNED_BYTE) {
    throw new Error("Not an IDX file of unsigned bytes.");
  }
  const rank = view.getUint8(3);
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) throw new Error("The IDX file ends inside its header.");
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (bytes.length !== headerBytes + size) {
    throw new Error(
      `The IDX file should hold ${size} elements of [${shape.join(", ")}]; it holds ${bytes.length - headerBytes}.`,
    );
  }
  return { values: bytes.subarray(headerBytes), shape };
}
