import { requireTensors } from "../require-tensors.js";
import { refuseMore, refuseMoreUnlessMapped } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { gelu as geluKernel } from "../../kernels/gelu.js";
import { relu as reluKernel } from "../../kernels/relu.js";
import { reshape } from "../../kernels/reshape.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

/** max(x, 0), elementwise. */
export function relu(x: tf.Tensor): tf.Tensor;
export function relu(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("relu", { x });
  refuseMoreUnlessMapped("relu", more);
  return runFusedSingle(reluKernel, { x }, {});
}

/** x where x > 0, else negativeSlope · x. @param negativeSlope @default 0.01 */
export function leakyRelu(x: tf.Tensor, given?: NumberOr<"negativeSlope">, ...more: readonly never[]): tf.Tensor {
  requireTensors("leakyRelu", { x });
  refuseMore("leakyRelu", more);
  const negativeSlope = namedOrFirst("leakyRelu", given, "negativeSlope", 0.01);
  checkFloats("leakyRelu", { x });
  return tf.leakyRelu(x, negativeSlope);
}

export interface GeluOptions {
  /** "tanh" for the approximation. @default "none" */
  readonly approximate?: "none" | "tanh" | undefined;
}

/** Gaussian error linear unit. */
export function gelu(x: tf.Tensor, options: GeluOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("gelu", { x });
  checkOptions("gelu", options, ["approximate"]);
  refuseMore("gelu", more);
  checkFloats("gelu", { x });
  return runFusedSingle(geluKernel, { x }, { approximate: options.approximate ?? "none" });
}

/** Hyperbolic tangent, elementwise. Integers become float32. */
export function tanh(x: tf.Tensor): tf.Tensor;
export function tanh(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("tanh", { x });
  refuseMoreUnlessMapped("tanh", more);
  return tf.tanh(tf.cast(x, "float32"));
}

/** 1 / (1 + exp(-x)); of integers too, as float32. */
export function sigmoid(x: tf.Tensor): tf.Tensor;
export function sigmoid(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("sigmoid", { x });
  refuseMoreUnlessMapped("sigmoid", more);
  return tf.sigmoid(tf.cast(x, "float32"));
}

/** x · sigmoid(x), also called swish. */
export function silu(x: tf.Tensor): tf.Tensor;
export function silu(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("silu", { x });
  refuseMoreUnlessMapped("silu", more);
  checkFloats("silu", { x });
  return tf.mul(x, tf.sigmoid(x));
}

/** x where x > 0, else alpha · (exp(x) - 1). @param alpha @default 1 */
export function elu(x: tf.Tensor, given?: NumberOr<"alpha">, ...more: readonly never[]): tf.Tensor {
  requireTensors("elu", { x });
  refuseMore("elu", more);
  const alpha = namedOrFirst("elu", given, "alpha", 1);
  checkFloats("elu", { x });
  const y = tf.elu(x);
  return alpha === 1 ? y : tf.where(tf.greater(x, 0), x, tf.mul(y, alpha));
}

export interface SoftplusOptions {
  /** @default 1 */
  readonly beta?: number | undefined;
  /** Where beta · x is above this, the result is x. @default 20 */
  readonly threshold?: number | undefined;
}

/** log(1 + exp(beta · x)) / beta, elementwise. */
export function softplus(x: tf.Tensor, options: SoftplusOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("softplus", { x });
  checkOptions("softplus", options, ["beta", "threshold"]);
  refuseMore("softplus", more);
  checkFloats("softplus", { x });
  const { beta = 1, threshold = 20 } = options;
  const scaled = beta === 1 ? x : tf.mul(x, beta);
  const y = beta === 1 ? tf.softplus(x) : tf.div(tf.softplus(scaled), beta);
  // From 20 on, both branches are the same float32.
  return threshold >= 20 ? y : tf.where(tf.greater(scaled, threshold), x, y);
}

/** Probabilities along one dimension. @param dim @default -1 */
export function softmax(x: tf.Tensor, given?: NumberOr<"dim">, ...more: readonly never[]): tf.Tensor {
  requireTensors("softmax", { x });
  refuseMore("softmax", more);
  const dim = namedOrFirst("softmax", given, "dim", -1);
  checkFloats("softmax", { x });
  return alongLast(x, dim, (last) => tf.softmax(last));
}

/** Logarithms of the probabilities along one dimension. @param dim @default -1 */
export function logSoftmax(x: tf.Tensor, given?: NumberOr<"dim">, ...more: readonly never[]): tf.Tensor {
  requireTensors("logSoftmax", { x });
  refuseMore("logSoftmax", more);
  const dim = namedOrFirst("logSoftmax", given, "dim", -1);
  checkFloats("logSoftmax", { x });
  return alongLast(x, dim, (last) => tf.logSoftmax(last));
}

/** Applies a function of tfjs', which takes the last dimension only and no scalar, along any dimension. */
function alongLast(x: tf.Tensor, dim: number, apply: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  checkDim(x, dim);
  if (x.rank === 0) return reshape(apply(reshape(x, [1])), []);
  const axis = dim < 0 ? x.rank + dim : dim;
  if (axis === x.rank - 1) return apply(x);
  const order = Array.from({ length: x.rank }, (_, i) => (i === axis ? x.rank - 1 : i === x.rank - 1 ? axis : i));
  return tf.transpose(apply(tf.transpose(x, order)), order);
}

function checkDim(x: tf.Tensor, dim: number): void {
  const rank = Math.max(1, x.rank);
  if (Number.isInteger(dim) && dim >= -rank && dim < rank) return;
  throw new ShapeError({
    message: "softmax: the input has no such dimension.",
    expected: `dim from ${-rank} to ${rank - 1} for an input of shape ${formatShape(x.shape)}`,
    received: `dim ${dim} for ${formatShape(x.shape)}`,
    shapes: [x.shape],
  });
}
