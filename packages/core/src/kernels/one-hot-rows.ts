import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";

/** Class numbers [...] (int32) -> [..., classes] (float32): 1 at the class. `tf.oneHot` refuses a single class. */
export function oneHotRows(target: Tensor, classes: number): Tensor {
  if (classes > 1) return tf.cast(tf.oneHot(tf.cast(target, "int32"), classes), "float32");
  return tf.cast(tf.equal(tf.expandDims(tf.cast(target, "int32"), -1), tf.scalar(0, "int32")), "float32");
}
