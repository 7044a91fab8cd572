import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";

/** Running statistics of a batch norm with a batch's in them. Nobody differentiates them. */
export const runningStatistics: FusedKernel<"lit.RunningStatistics"> = {
  name: "lit.RunningStatistics",
  composite: ({ runningMean, runningVariance, mean, variance }, { momentum, correction }) => {
    const towards = (old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum));
    return [towards(runningMean, mean), towards(runningVariance, tf.mul(variance, correction))];
  },
};
