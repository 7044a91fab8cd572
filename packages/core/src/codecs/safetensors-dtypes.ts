import type { DataType, DataTypeMap } from "@tensorflow/tfjs-core";
import { CodecError } from "./codec-error.js";

export const SAFETENSORS_DTYPES = [
  "BOOL",
  "U8",
  "I8",
  "U16",
  "I16",
  "F16",
  "BF16",
  "U32",
  "I32",
  "F32",
  "U64",
  "I64",
  "F64",
] as const;

export type SafetensorsDType = (typeof SAFETENSORS_DTYPES)[number];

/**
 * The dtype that values are read to. Floats become float32: exactly from F16 and BF16, rounded from F64 (what is too
 * large becomes infinite). Integers become int32; a value that does not fit is an error. BOOL becomes bool.
 */
export function dtypeOnHost(dtype: SafetensorsDType): Extract<DataType, "float32" | "int32" | "bool"> {
  if (dtype === "BOOL") return "bool";
  return dtype === "F16" || dtype === "BF16" || dtype === "F32" || dtype === "F64" ? "float32" : "int32";
}

/** Throws when an integer does not fit into int32. @param bytes the tensor's bytes */
export function checkValues(name: string, dtype: SafetensorsDType, bytes: Uint8Array): void {
  if (dtype !== "I64" && dtype !== "U64" && dtype !== "U32") return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += dtype === "U32" ? 4 : 8) {
    const value =
      dtype === "U32"
        ? view.getUint32(at, true)
        : Number(dtype === "I64" ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
    if (value >= -(2 ** 31) && value < 2 ** 31) continue;
    throw new CodecError({
      message: `Tensor ${JSON.stringify(name)} holds an integer that does not fit into int32.`,
      expected: "values from -2^31 to 2^31-1",
      received: String(value),
      tryThis: "saving it as int32 or float32.",
    });
  }
}

/** The values of a file's bytes, whatever their alignment there. 32-bit numbers may stay in a buffer of their own. */
export function decodeValues(dtype: SafetensorsDType, bytes: Uint8Array): DataTypeMap["float32" | "int32" | "bool"] {
  const isWholeBuffer = bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength;
  const buffer = isWholeBuffer ? bytes.buffer : new Uint8Array(bytes).buffer;
  switch (dtype) {
    case "BOOL":
      return new Uint8Array(buffer).map((value) => (value === 0 ? 0 : 1));
    case "U8":
      return Int32Array.from(new Uint8Array(buffer));
    case "I8":
      return Int32Array.from(new Int8Array(buffer));
    case "U16":
      return Int32Array.from(new Uint16Array(buffer));
    case "I16":
      return Int32Array.from(new Int16Array(buffer));
    case "U32":
      return Int32Array.from(new Uint32Array(buffer));
    case "I32":
      return new Int32Array(buffer);
    case "U64":
      return Int32Array.from(new BigUint64Array(buffer), Number);
    case "I64":
      return Int32Array.from(new BigInt64Array(buffer), Number);
    case "F16":
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case "BF16":
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return Float32Array.from(new Float64Array(buffer));
  }
}

/** The number that the 16 bits of an IEEE half stand for. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
