import { requireTensors } from "../require-tensors.js";
import { refuseMore, refuseMoreUnlessMapped } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { softmax } from "./activations.js";
import { checkFloats } from "./check-dtype.js";

/** x · tanh(log(1 + exp(x))). */
export function mish(x: tf.Tensor): tf.Tensor;
export function mish(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("mish", { x });
  refuseMoreUnlessMapped("mish", more);
  checkFloats("mish", { x });
  return tf.mul(x, tf.tanh(tf.softplus(x)));
}

/** scale · (x where it is positive, else alpha · (exp(x) - 1)), with the constants of self-normalizing networks. */
export function selu(x: tf.Tensor): tf.Tensor;
export function selu(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("selu", { x });
  refuseMoreUnlessMapped("selu", more);
  checkFloats("selu", { x });
  return tf.selu(x);
}

/** x where it is positive, else alpha · (exp(x / alpha) - 1). @param alpha @default 1 */
export function celu(x: tf.Tensor, given?: NumberOr<"alpha">, ...more: readonly never[]): tf.Tensor {
  requireTensors("celu", { x });
  refuseMore("celu", more);
  const alpha = namedOrFirst("celu", given, "alpha", 1);
  checkFloats("celu", { x });
  return tf.where(tf.greater(x, 0), x, tf.mul(tf.elu(tf.div(x, alpha)), alpha));
}

/** x / (1 + |x|). */
export function softsign(x: tf.Tensor): tf.Tensor;
export function softsign(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("softsign", { x });
  refuseMoreUnlessMapped("softsign", more);
  checkFloats("softsign", { x });
  return tf.div(x, tf.add(tf.abs(x), 1));
}

/** x - tanh(x). */
export function tanhshrink(x: tf.Tensor): tf.Tensor;
export function tanhshrink(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("tanhshrink", { x });
  refuseMoreUnlessMapped("tanhshrink", more);
  checkFloats("tanhshrink", { x });
  return tf.sub(x, tf.tanh(x));
}

/** log(sigmoid(x)). */
export function logsigmoid(x: tf.Tensor): tf.Tensor;
export function logsigmoid(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("logsigmoid", { x });
  refuseMoreUnlessMapped("logsigmoid", more);
  checkFloats("logsigmoid", { x });
  return tf.neg(tf.softplus(tf.neg(x)));
}

/** Probabilities along one dimension, the smallest number the likeliest. @param dim @default -1 */
export function softmin(x: tf.Tensor, given?: NumberOr<"dim">, ...more: readonly never[]): tf.Tensor {
  requireTensors("softmin", { x });
  refuseMore("softmin", more);
  const dim = namedOrFirst("softmin", given, "dim", -1);
  checkFloats("softmin", { x });
  return softmax(tf.neg(x), dim);
}

/** The first half along a dimension times the sigmoid of the second. @param dim @default -1 @throws ShapeError */
export function glu(x: tf.Tensor, given?: NumberOr<"dim">, ...more: readonly never[]): tf.Tensor {
  requireTensors("glu", { x });
  refuseMore("glu", more);
  const dim = namedOrFirst("glu", given, "dim", -1);
  checkFloats("glu", { x });
  const axis = dim < 0 ? x.rank + dim : dim;
  const length = x.shape[axis];
  if (length === undefined || length % 2 !== 0)
    throw new ShapeError({
      message: "glu: the dimension has no two halves.",
      expected: `a dimension of even length at ${dim}`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  const [value = x, gate = x] = tf.split(x, 2, axis);
  return tf.mul(value, tf.sigmoid(gate));
}
