import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** `tf.mean`, but NaN where it is a mean of nothing, as PyTorch and IEEE 754's 0 / 0 have it; tfjs says 0. */
export function mean<T extends Tensor>(x: Tensor | tf.TensorLike, axis?: number | number[], keepDims = false): T {
  const result = tf.mean<T>(x, axis, keepDims);
  const isOfNothing = typeof x === "object" && x instanceof tf.Tensor && x.size === 0 && result.size > 0;
  return isOfNothing ? tf.mul<T>(result, Number.NaN) : result;
}
