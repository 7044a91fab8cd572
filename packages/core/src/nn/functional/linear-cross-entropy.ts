import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { crossEntropy, type CrossEntropyOptions } from "./cross-entropy.js";
import { linear } from "./linear.js";

export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** [C, ...space], as the weight without its last dimension. */
  readonly linearBias?: tf.Tensor | undefined;
}

const OPTIONS = ["linearBias", "weight", "reduction", "ignoreIndex", "labelSmoothing"];

/**
 * Cross-entropy of what a linear layer makes of the input: x [N, in], weight [C, ...space, in], classes [N, ...space].
 * @throws ShapeError
 */
export function linearCrossEntropy(
  x: tf.Tensor,
  linearWeight: tf.Tensor,
  target: tf.Tensor,
  options: LinearCrossEntropyOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("linearCrossEntropy", { x, linearWeight, target });
  checkOptions("linearCrossEntropy", options, OPTIONS);
  refuseMore("linearCrossEntropy", more);
  const { linearBias, ...loss } = options;
  const rows = linearWeight.shape.slice(0, -1);
  if (linearWeight.rank < 2 || (linearBias !== undefined && !tf.util.arraysEqual(linearBias.shape, rows)))
    throw new ShapeError({
      message: "linearCrossEntropy: weight and bias do not fit.",
      expected: "[C, ...space, in] and [C, ...space]",
      received: `${formatShape(linearWeight.shape)}${linearBias === undefined ? "" : ` and ${formatShape(linearBias.shape)}`}`,
      shapes: [linearWeight.shape],
    });
  const weight = tf.reshape(linearWeight, [-1, linearWeight.shape.at(-1) ?? 0]);
  const bias = linearBias === undefined ? undefined : tf.reshape(linearBias, [-1]);
  const logits = linear(x, weight, bias);
  return crossEntropy(tf.reshape(logits, [...x.shape.slice(0, -1), ...rows]), target, loss);
}
