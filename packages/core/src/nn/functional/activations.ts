import { gelu as geluKernel } from "../../kernels/gelu.js";
import { relu as reluKernel } from "../../kernels/relu.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";

/** max(x, 0), elementwise. */
export function relu(x: tf.Tensor): tf.Tensor {
  return runFusedSingle(reluKernel, { x }, {});
}

/** x where x > 0, else negativeSlope · x. @param negativeSlope @default 0.01 */
export function leakyRelu(x: tf.Tensor, negativeSlope = 0.01): tf.Tensor {
  return tf.leakyRelu(x, negativeSlope);
}

/** Gaussian error linear unit. @param options.approximate "tanh" for the approximation. @default "none" */
export function gelu(x: tf.Tensor, options: { readonly approximate?: "none" | "tanh" | undefined } = {}): tf.Tensor {
  return runFusedSingle(geluKernel, { x }, { approximate: options.approximate ?? "none" });
}

export function tanh(x: tf.Tensor): tf.Tensor {
  return tf.tanh(x);
}

export function sigmoid(x: tf.Tensor): tf.Tensor {
  return tf.sigmoid(x);
}

/** x · sigmoid(x), also called swish. */
export function silu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(x));
}

/** x where x > 0, else exp(x) - 1. */
export function elu(x: tf.Tensor): tf.Tensor {
  return tf.elu(x);
}

/** log(1 + exp(x)), elementwise. */
export function softplus(x: tf.Tensor): tf.Tensor {
  return tf.softplus(x);
}

/** Probabilities along one dimension. @param dim @default -1 */
export function softmax(x: tf.Tensor, dim = -1): tf.Tensor {
  return alongLast(x, dim, (last) => tf.softmax(last));
}

/** Logarithms of the probabilities along one dimension. @param dim @default -1 */
export function logSoftmax(x: tf.Tensor, dim = -1): tf.Tensor {
  return alongLast(x, dim, (last) => tf.logSoftmax(last));
}

/** tfjs has both for the last dimension only. */
function alongLast(x: tf.Tensor, dim: number, apply: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const axis = dim < 0 ? x.rank + dim : dim;
  if (axis === x.rank - 1) return apply(x);
  const order = Array.from({ length: x.rank }, (_, i) => (i === axis ? x.rank - 1 : i === x.rank - 1 ? axis : i));
  return tf.transpose(apply(tf.transpose(x, order)), order);
}
