import type { FusedKernels } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { listOf } from "./tensor-lists.js";

interface AdamTensors {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly maximum: Tensor | undefined;
}

/** torch.optim.Adam's and AdamW's step over a list of parameters, as one kernel. */
export const adamUpdate: FusedKernel<"lit.AdamUpdate"> = {
  name: "lit.AdamUpdate",
  composite: (inputs, attrs) => {
    const { count, amsgrad } = attrs;
    const gradients = listOf(inputs, "g", count);
    const firsts = listOf(inputs, "m", count);
    const seconds = listOf(inputs, "v", count);
    const maxima = amsgrad ? listOf(inputs, "x", count) : [];
    const updates = listOf(inputs, "p", count).map((parameter, i) =>
      updateOne(
        {
          parameter,
          gradient: gradients[i] ?? parameter,
          first: firsts[i] ?? parameter,
          second: seconds[i] ?? parameter,
          maximum: maxima[i],
        },
        attrs,
      ),
    );
    const outputs = [
      updates.map((update) => update.parameter),
      updates.map((update) => update.first),
      updates.map((update) => update.second),
    ].flat();
    return amsgrad
      ? [...outputs, ...updates.flatMap(({ maximum }) => (maximum === undefined ? [] : [maximum]))]
      : outputs;
  },
};

function updateOne(
  tensors: AdamTensors,
  attrs: FusedKernels["lit.AdamUpdate"]["attrs"],
): Omit<AdamTensors, "gradient"> {
  const { lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, maximize, biasCorrection1, biasCorrection2 } =
    attrs;
  const ascent = maximize ? tf.neg(tensors.gradient) : tensors.gradient;
  const isCoupled = weightDecay !== 0 && !decoupledWeightDecay;
  const gradient = isCoupled ? tf.add(ascent, tf.mul(tensors.parameter, weightDecay)) : ascent;
  const parameter =
    weightDecay !== 0 && decoupledWeightDecay ? tf.mul(tensors.parameter, 1 - lr * weightDecay) : tensors.parameter;
  const first = tf.add(tf.mul(tensors.first, beta1), tf.mul(gradient, 1 - beta1));
  // In PyTorch's order: the square alone would overflow at gradients of 2e19.
  const second = tf.add(tf.mul(tensors.second, beta2), tf.mul(tf.mul(gradient, 1 - beta2), gradient));
  const maximum = tensors.maximum === undefined ? undefined : tf.maximum(tensors.maximum, second);
  const denominator = tf.add(tf.div(tf.sqrt(maximum ?? second), Math.sqrt(biasCorrection2)), eps);
  return {
    parameter: tf.sub(parameter, tf.mul(tf.div(first, denominator), lr / biasCorrection1)),
    first,
    second,
    maximum,
  };
}
