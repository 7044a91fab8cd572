import { tf } from "@lightning-ts/core";

/** Integers and booleans as numbers that can be divided; floats as they are. */
export function asFloats(x: tf.Tensor): tf.Tensor {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}
