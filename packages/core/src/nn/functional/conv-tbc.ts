import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { conv1d } from "./convolution.js";

/**
 * Convolution of sequences with time first: x [T, N, Ci], weight [k, Ci, Co], bias [Co] -> [T', N, Co].
 * @param pad zeros at both ends. @default 0
 * @throws ShapeError
 */
export function convTbc(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  pad = 0,
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("convTbc", { x, weight, bias });
  refuseMore("convTbc", more);
  if (x.rank !== 3 || weight.rank !== 3 || x.shape[2] !== weight.shape[1])
    throw new ShapeError({
      message: "convTbc: input and weight do not fit.",
      expected: "[T, N, channels] and [k, channels, output channels]",
      received: `${formatShape(x.shape)} and ${formatShape(weight.shape)}`,
      shapes: [x.shape, weight.shape],
    });
  const filters = tf.transpose(weight, [2, 1, 0]);
  const y = conv1d(tf.transpose(x, [1, 2, 0]), filters, bias, { padding: pad });
  return tf.transpose(y, [2, 0, 1]);
}
