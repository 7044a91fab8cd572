import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

/**
 * y = x1ᵀ · A · x2 + b, with one matrix A for each output: x1 [..., in1], x2 [..., in2], weight [out, in1, in2], bias
 * [out] -> [..., out]. @throws ShapeError
 */
export function bilinear(
  x1: tf.Tensor,
  x2: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("bilinear", { x1, x2, weight }, { bias });
  refuseMore("bilinear", more);
  checkFloats("bilinear", { x1, x2, weight, bias });
  const [out = 0, in1 = 0, in2 = 0] = weight.shape;
  const leading = x1.shape.slice(0, -1);
  const fits =
    x1.shape.at(-1) === in1 && x2.shape.at(-1) === in2 && tf.util.arraysEqual(leading, x2.shape.slice(0, -1));
  if (!fits || weight.rank !== 3)
    throw new ShapeError({
      message: "bilinear: the inputs do not fit the weight or each other.",
      expected: `[..., ${in1}] and [..., ${in2}]`,
      received: `${formatShape(x1.shape)} and ${formatShape(x2.shape)}`,
      shapes: [x1.shape, x2.shape],
    });
  const matrices = tf.reshape(weight, [out * in1, in2]);
  const ofSecond = tf.matMul(tf.reshape(x2, [-1, in2]), matrices, false, true);
  const rows = tf.mul(tf.reshape(ofSecond, [-1, out, in1]), tf.reshape(x1, [-1, 1, in1]));
  const y = tf.reshape(tf.sum(rows, 2), [...leading, out]);
  return bias === undefined ? y : tf.add(y, bias);
}
