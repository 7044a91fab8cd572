/** Numbers as they lie in a file of arrays. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export type NumberType =
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64";

const CLASSES = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const;

export function bytesPerNumber(type: NumberType): number {
  return CLASSES[type].BYTES_PER_ELEMENT;
}

/**
 * Bytes as numbers: the same memory where it lies as this machine needs it, else a copy.
 * @param isBigEndian how they are written
 */
export function numbersOf(bytes: Uint8Array, type: NumberType, isBigEndian: boolean): NumberArray {
  const size = bytesPerNumber(type);
  const needsSwap = isBigEndian && size > 1;
  const isAligned = bytes.byteOffset % size === 0;
  const own = isAligned && !needsSwap ? bytes : bytes.slice();
  if (needsSwap) for (let at = 0; at < own.length; at += size) own.subarray(at, at + size).reverse();
  const numbers: NumberArray = Reflect.construct(CLASSES[type], [own.buffer, own.byteOffset, own.byteLength / size]);
  return numbers;
}
