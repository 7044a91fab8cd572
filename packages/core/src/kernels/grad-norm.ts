import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { listOf } from "./tensor-lists.js";

/** The norm over all gradients together, as one kernel. */
export const gradNorm: FusedKernel<"lit.GradNorm"> = {
  name: "lit.GradNorm",
  composite: (inputs, { norm, count }) => {
    const gradients = listOf(inputs, "g", count);
    if (!isOrdinaryNorm(norm)) return [unusualNorm(gradients, norm)];
    if (norm === Number.POSITIVE_INFINITY)
      return [tf.max(tf.stack(gradients.map((gradient) => tf.max(tf.abs(gradient)))))];
    if (norm === 2) return [tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))];
    return [tf.pow(tf.addN(gradients.map((gradient) => tf.sum(tf.pow(tf.abs(gradient), norm)))), 1 / norm)];
  },
};

/** Whether the kernel of backends computes norms of this order. */
export function isOrdinaryNorm(order: number): boolean {
  return order > 0;
}

/**
 * The norm over all gradients together for the orders that `torch.linalg.vector_norm` has besides: 0 counts the
 * gradients that are not zero altogether, -Infinity is the smallest magnitude, other negative orders are sums of
 * powers, NaN gives NaN.
 */
export function unusualNorm(gradients: readonly Tensor[], order: number): Tensor {
  if (Number.isNaN(order)) return tf.scalar(Number.NaN);
  if (order === 0) return tf.addN(gradients.map((gradient) => tf.cast(tf.any(tf.notEqual(gradient, 0)), "float32")));
  const magnitudes = gradients.map((gradient) => tf.abs(gradient));
  if (order === Number.NEGATIVE_INFINITY) return tf.min(tf.stack(magnitudes.map((magnitude) => tf.min(magnitude))));
  return tf.pow(tf.addN(magnitudes.map((magnitude) => tf.sum(tf.pow(magnitude, order)))), 1 / order);
}

/** Scales all gradients so that their joint norm is at most a limit, as one kernel. */
export const clipByNorm: FusedKernel<"lit.ClipByNorm"> = {
  name: "lit.ClipByNorm",
  composite: (inputs, { maxNorm, count }) => {
    const { norm } = inputs;
    if (norm === undefined) throw new RangeError("the kernel's input norm is missing");
    const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1);
    return listOf(inputs, "g", count).map((gradient) => tf.mul(gradient, factor));
  },
};
