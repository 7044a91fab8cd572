import type { FusedKernels } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { listOf } from "./tensor-lists.js";

/** torch.optim.SGD's step over a list of parameters, as one kernel. */
export const sgdUpdate: FusedKernel<"lit.SgdUpdate"> = {
  name: "lit.SgdUpdate",
  composite: (inputs, attrs) => {
    const hasMomentum = attrs.momentum !== 0;
    const parameters = listOf(inputs, "p", attrs.count);
    const gradients = listOf(inputs, "g", attrs.count);
    const velocities = hasMomentum && !attrs.isFirstStep ? listOf(inputs, "b", attrs.count) : [];
    const updates = parameters.map((parameter, i) =>
      updateOne(parameter, gradients[i] ?? parameter, velocities[i], attrs),
    );
    return [
      ...updates.map(({ parameter }) => parameter),
      ...(hasMomentum ? updates.map(({ velocity }) => velocity) : []),
    ];
  },
};

function updateOne(
  parameter: Tensor,
  rawGradient: Tensor,
  velocity: Tensor | undefined,
  attrs: FusedKernels["lit.SgdUpdate"]["attrs"],
): { parameter: Tensor; velocity: Tensor } {
  const { lr, momentum, dampening, weightDecay, nesterov, maximize } = attrs;
  const ascent = maximize ? tf.neg(rawGradient) : rawGradient;
  const gradient = weightDecay === 0 ? ascent : tf.add(ascent, tf.mul(parameter, weightDecay));
  if (momentum === 0) return { parameter: tf.sub(parameter, tf.mul(gradient, lr)), velocity: gradient };
  const next =
    velocity === undefined ? tf.clone(gradient) : tf.add(tf.mul(velocity, momentum), tf.mul(gradient, 1 - dampening));
  const direction = nesterov ? tf.add(gradient, tf.mul(next, momentum)) : next;
  return { parameter: tf.sub(parameter, tf.mul(direction, lr)), velocity: next };
}
