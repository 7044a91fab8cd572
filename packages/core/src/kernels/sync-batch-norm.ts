import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { batchNorm, batchNormInference } from "./batch-norm.js";
import { computedOnce } from "./computed-once.js";
import type { FusedKernel } from "./fused-kernel.js";
import { gatherOverRanks, sumOverRanks } from "./over-ranks.js";
import { runFused, runFusedSingle } from "./run-fused.js";

/**
 * Batch normalization by the statistics of all ranks' batches. One exchange in the forward, of each rank's means,
 * squared deviations and count; one in the backward, of two sums for each channel. The gradients of weight and bias are
 * this rank's, as those of other parameters.
 */
export const syncBatchNorm: FusedKernel<"core.SyncBatchNorm"> = {
  name: "core.SyncBatchNorm",
  composite: ({ x, weight, bias }, { eps, ranks, name }) => {
    const parts = gatherOverRanks(statisticsOf(x, eps), { ranks, name: `statistics of ${name}` });
    const { mean, variance, count } = joinStatistics(parts, x.shape[1] ?? 0);
    const inputs = { x, mean, variance, ...(weight && { weight }), ...(bias && { bias }) };
    const y = x.size === 0 ? tf.clone(x) : runFusedSingle(batchNormInference, inputs, { eps });
    return [y, mean, variance, count];
  },
  gradient: {
    holds: ["x", "weight"],
    holdsOutputs: () => [1, 2, 3],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x, weight, bias }, outputs: [, mean = x, variance = x, count = x], attrs }) => {
      const { eps, ranks, name } = attrs;
      const channels = (tensor: Tensor): Tensor => tf.reshape(tensor, [-1, ...x.shape.slice(2).map(() => 1)]);
      const scale = computedOnce(() => tf.rsqrt(tf.add(variance, eps)));
      const normalized = computedOnce(() => tf.mul(tf.sub(x, channels(mean)), channels(scale())));
      const sumOfDy = computedOnce(() => sumOfChannels(dy));
      const sumOfProduct = computedOnce(() => sumOfChannels(tf.mul(dy, normalized())));
      const dx = (): Tensor => {
        const own = tf.stack([sumOfDy(), sumOfProduct()]);
        const means = tf.div(sumOverRanks(own, { ranks, name: `gradient of ${name}` }), count);
        const shift = tf.add(channels(tf.gather(means, 0)), tf.mul(normalized(), channels(tf.gather(means, 1))));
        const factor = weight === undefined ? scale() : tf.mul(scale(), weight);
        return tf.mul(tf.sub(dy, shift), channels(factor));
      };
      return { x: dx, ...(weight && { weight: sumOfProduct }), ...(bias && { bias: sumOfDy }) };
    },
  },
};

/** Means, squared deviations from them, and the count of values in a channel: x [N, C, ...] -> [2 C + 1]. */
function statisticsOf(x: Tensor, eps: number): Tensor {
  const channels = x.shape[1] ?? 0;
  if (x.size === 0) return tf.zeros([2 * channels + 1]);
  const count = x.size / channels;
  const [, mean = x, variance = x] = runFused(batchNorm, { x }, { eps });
  return tf.concat([mean, tf.mul(variance, count), tf.tensor1d([count])]);
}

/** Chan's formula: squares of differences only, so that large means cost no digits. parts [ranks, 2 C + 1]. */
function joinStatistics(parts: Tensor, channels: number) {
  const [means, deviations, counts] = tf.split(parts, [channels, channels, 1], 1);
  if (means === undefined || deviations === undefined || counts === undefined)
    throw new RangeError("statistics have three parts");
  const count = tf.sum(counts);
  const mean = tf.sum(tf.mul(means, tf.div(counts, count)), 0);
  const between = tf.mul(counts, tf.square(tf.sub(means, mean)));
  const variance = tf.div(tf.sum(tf.add(deviations, between), 0), count);
  return { mean, variance, count };
}

function sumOfChannels(x: Tensor): Tensor {
  return tf.sum(
    x,
    x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])),
  );
}
