import type { Tensor } from "@tensorflow/tfjs-core";
import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { computedOnce } from "./computed-once.js";
import { firstOf, requested, type FusedKernel } from "./fused-kernel.js";
import { runFused } from "./run-fused.js";

export const layerNorm: FusedKernel<"lit.LayerNorm"> = {
  name: "lit.LayerNorm",
  composite: ({ x, weight, bias }, { dims, eps }) => {
    const axes = Array.from({ length: dims }, (_, i) => x.rank - dims + i);
    const mean = tf.mean(x, axes, true);
    const centered = tf.sub(x, mean);
    const invStd = tf.rsqrt(tf.add(tf.mean(tf.square(centered), axes, true), eps));
    return [scaleAndShift(tf.mul(centered, invStd), weight, bias), mean, invStd];
  },
  gradient: {
    holds: ["x", "weight"],
    holdsOutputs: () => [1, 2],
    isDifferentiable: false,
    compute: ({ dy, inputs: { x, weight }, outputs: [, mean, invStd], attrs }) => {
      const all = computedOnce(() =>
        runFused(
          layerNormGrad,
          { dy, x, mean: mean ?? x, invStd: invStd ?? x, ...(weight === undefined ? {} : { weight }) },
          attrs,
        ),
      );
      return { x: () => firstOf(all()), weight: () => firstOf(all().slice(1)), bias: () => firstOf(all().slice(2)) };
    },
  },
};

export const layerNormGrad: FusedKernel<"lit.LayerNormGrad"> = {
  name: "lit.LayerNormGrad",
  composite: ({ dy, x, weight }, attrs) => {
    const scale = weight ?? tf.ones(x.shape.slice(x.rank - attrs.dims));
    const bias = tf.zeros(scale.shape);
    return requested(
      compositeGradients(() => layerNorm.composite({ x, weight: scale, bias }, attrs), { x, weight: scale, bias }, [
        dy,
      ]),
    );
  },
};

/** x · weight + bias, each of which may be absent. */
export function scaleAndShift(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight === undefined ? x : tf.mul(x, weight);
  return bias === undefined ? scaled : tf.add(scaled, bias);
}
