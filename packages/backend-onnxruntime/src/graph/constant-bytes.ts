import type { GraphDtype } from "../contract/graph-dtype.js";

/** Little-endian bytes of a constant. */
export function constantBytes(values: readonly number[], dtype: GraphDtype): Uint8Array {
  switch (dtype) {
    case "float32":
      return bytesOf(Float32Array.from(values));
    case "float64":
      return bytesOf(Float64Array.from(values));
    case "int32":
      return bytesOf(Int32Array.from(values));
    case "uint32":
      return bytesOf(Uint32Array.from(values));
    case "int64":
      return bytesOf(BigInt64Array.from(values, BigInt));
    case "uint8":
      return Uint8Array.from(values);
    case "bool":
      return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
    case "float16":
    case "bfloat16":
      throw new RangeError(`A constant of ${dtype} cannot be written. Try: a float32 constant and a Cast node.`);
  }
}

function bytesOf(array: Float32Array | Float64Array | Int32Array | Uint32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
