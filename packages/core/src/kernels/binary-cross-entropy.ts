import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";

/**
 * PyTorch's `binary_cross_entropy` of probabilities, one loss per element: plain operations with a gradient of its own,
 * because that of a logarithm which is cut off at -100 is infinite where the probability is 0.
 */
export const binaryCrossEntropy: FusedKernel<"core.BinaryCrossEntropy"> = {
  name: "core.BinaryCrossEntropy",
  composite: ({ input, target }) => [
    tf.neg(tf.add(tf.mul(target, cutLog(input)), tf.mul(tf.sub(1, target), cutLog(tf.sub(1, input))))),
  ],
  gradient: {
    holds: ["input", "target"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { input, target } }) => ({
      input: () => tf.mul(dy, tf.div(tf.sub(input, target), tf.maximum(tf.mul(input, tf.sub(1, input)), 1e-12))),
      target: () => tf.mul(dy, tf.sub(cutLog(tf.sub(1, input)), cutLog(input))),
    }),
  },
};

function cutLog(probability: Tensor): Tensor {
  return tf.maximum(tf.log(probability), -100);
}
