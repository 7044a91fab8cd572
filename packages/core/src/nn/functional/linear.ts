import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import type { FusedActivation } from "@lightning-ts/backend-onnxruntime";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { linear as linearKernel } from "../../kernels/linear.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import type { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { withBatch } from "./with-batch.js";

/**
 * x · weightᵀ + bias, with an optional ReLU in the same kernel.
 * @param x [..., in]
 * @param weight [out, in]
 * @param bias [out]
 * @returns [..., out]
 * @throws ShapeError
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: { readonly activation?: FusedActivation | undefined } = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("linear", { x, weight }, { bias });
  checkOptions("linear", options, ["activation"]);
  refuseMore("linear", more);
  if (weight.rank !== 2 || x.rank === 0 || x.shape[x.rank - 1] !== weight.shape[1]) {
    throw new ShapeError({
      message: "linear: the input's last dimension is not the weight's second.",
      expected: `input [..., ${weight.shape[1] ?? "in"}] for a weight of shape ${formatShape(weight.shape)}`,
      received: formatShape(x.shape),
      shapes: [x.shape, weight.shape],
      tryThis:
        "flatten images first (nn.Flatten, x.reshape([batch, -1])), or build the layer with this number of input features.",
    });
  }
  checkFloats("linear", { x, weight, bias });
  const attrs = { activation: options.activation ?? "none" };
  return withBatch(x, 2, (rows) =>
    runFusedSingle(linearKernel, bias === undefined ? { x: rows, weight } : { x: rows, weight, bias }, attrs),
  );
}
