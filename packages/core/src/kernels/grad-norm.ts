import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { listOf } from "./tensor-lists.js";

/** The norm over all gradients together, as one kernel. */
export const gradNorm: FusedKernel<"lit.GradNorm"> = {
  name: "lit.GradNorm",
  composite: (inputs, { norm, count }) => {
    const gradients = listOf(inputs, "g", count);
    if (norm === Number.POSITIVE_INFINITY) return [tf.max(tf.stack(gradients.map((gradient) => tf.max(tf.abs(gradient)))))];
    if (norm === 2) return [tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))];
    return [tf.pow(tf.addN(gradients.map((gradient) => tf.sum(tf.pow(tf.abs(gradient), norm)))), 1 / norm)];
  },
};

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
