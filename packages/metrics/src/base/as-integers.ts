import { tf } from "@lightning-ts/core";

/** Numbers and booleans as integers. Integers stay as they are: a cast that changes nothing costs time too. */
export function asIntegers(x: tf.Tensor): tf.Tensor {
  return x.dtype === "int32" ? x : tf.cast(x, "int32");
}
