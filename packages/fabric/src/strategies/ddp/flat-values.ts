import { tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

type Values = Float32Array | Int32Array | Uint8Array;

/** The values of variables, whatever their types, behind each other as bytes. */
export async function flatBytesOf(variables: readonly Variable[]): Promise<Uint8Array> {
  return concat(await Promise.all(variables.map((variable) => variable.data())));
}

/** The same for callers that cannot wait. */
export function flatBytesNow(variables: readonly Variable[]): Uint8Array {
  return concat(variables.map((variable) => variable.dataSync()));
}

/** Gives variables the values that `flatBytesOf` has put behind each other. */
export function assignFlatBytes(variables: readonly Variable[], bytes: Uint8Array): void {
  let from = 0;
  for (const variable of variables) {
    const sizeBytes = variable.size * (variable.dtype === "bool" ? 1 : 4);
    const own = bytes.slice(from, from + sizeBytes);
    from += sizeBytes;
    const tensor: Tensor = tf.tensor(valuesOf(own, variable.dtype), variable.shape, variable.dtype);
    variable.assign(tensor);
    tensor.dispose();
  }
}

function concat(parts: readonly Values[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let from = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), from);
    from += part.byteLength;
  }
  return bytes;
}

function valuesOf(bytes: Uint8Array, dtype: Variable["dtype"]): Values {
  if (dtype === "int32") return new Int32Array(bytes.buffer);
  return dtype === "bool" ? bytes : new Float32Array(bytes.buffer);
}
