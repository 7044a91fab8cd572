import type { Tensor } from "@tensorflow/tfjs-core";
import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { computedOnce } from "./computed-once.js";
import { firstOf, requested, type FusedKernel } from "./fused-kernel.js";
import { scaleAndShift } from "./layer-norm.js";
import { runFused } from "./run-fused.js";

export const batchNorm: FusedKernel<"lit.BatchNorm"> = {
  name: "lit.BatchNorm",
  composite: ({ x, weight, bias }, { eps }) => {
    const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const mean = tf.mean(x, axes, true);
    const centered = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centered), axes, true);
    const y = scaleAndShift(
      tf.mul(centered, tf.rsqrt(tf.add(variance, eps))),
      perChannel(weight, x.rank),
      perChannel(bias, x.rank),
    );
    return [y, tf.reshape(mean, [-1]), tf.reshape(variance, [-1])];
  },
  gradient: {
    holds: ["x", "weight"],
    holdsOutputs: () => [1, 2],
    isDifferentiable: false,
    compute: ({ dy, inputs: { x, weight }, outputs: [, mean, variance], attrs }) => {
      const all = computedOnce(() =>
        runFused(
          batchNormGrad,
          { dy, x, mean: mean ?? x, variance: variance ?? x, ...(weight === undefined ? {} : { weight }) },
          attrs,
        ),
      );
      return { x: () => firstOf(all()), weight: () => firstOf(all().slice(1)), bias: () => firstOf(all().slice(2)) };
    },
  },
};

export const batchNormGrad: FusedKernel<"lit.BatchNormGrad"> = {
  name: "lit.BatchNormGrad",
  composite: ({ dy, x, weight }, attrs) => {
    const scale = weight ?? tf.ones([x.shape[1] ?? 0]);
    const bias = tf.zeros(scale.shape);
    return requested(
      compositeGradients(() => batchNorm.composite({ x, weight: scale, bias }, attrs), { x, weight: scale, bias }, [
        dy,
      ]),
    );
  },
};

/**
 * Normalizes with given statistics, as evaluation does. Its gradient is the composite's on every backend: it is not
 * part of a usual training step.
 */
export const batchNormInference: FusedKernel<"lit.BatchNormInference"> = {
  name: "lit.BatchNormInference",
  composite: ({ x, weight, bias, mean, variance }, { eps }) => {
    const channels = (tensor: Tensor): Tensor => tf.reshape(tensor, [-1, ...x.shape.slice(2).map(() => 1)]);
    const normalized = tf.mul(tf.sub(x, channels(mean)), tf.rsqrt(tf.add(channels(variance), eps)));
    return [scaleAndShift(normalized, perChannel(weight, x.rank), perChannel(bias, x.rank))];
  },
  gradient: {
    holds: ["x", "weight", "bias", "mean", "variance"],
    isDifferentiable: false,
    compute: ({ dy, inputs, attrs }) =>
      compositeGradients(() => batchNormInference.composite(inputs, attrs), { ...inputs }, [dy]),
  },
};

function perChannel<TTensor extends Tensor | undefined>(tensor: TTensor, rank: number): Tensor | undefined {
  return tensor === undefined ? undefined : tf.reshape(tensor, [-1, ...Array.from({ length: rank - 2 }, () => 1)]);
}
