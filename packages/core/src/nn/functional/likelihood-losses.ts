import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { detach } from "../../tensor/detach.js";
import { tf } from "../../tensor/tf.js";
import { broadcastShapeOf } from "./check-broadcast.js";
import { checkFloats } from "./check-dtype.js";
import { reduce, sameShape, type LossOptions, type Reduction } from "./losses.js";

export interface KlDivOptions {
  /** "batchmean" divides the sum by the first dimension, which is what the name of the loss says. @default "mean" */
  readonly reduction?: Reduction | "batchmean" | undefined;
  /** Whether the target holds logarithms too. @default false */
  readonly logTarget?: boolean | undefined;
}

/** target · (log(target) - input), reduced: the input holds logarithms. @throws ShapeError when the shapes differ */
export function klDiv(
  input: tf.Tensor,
  target: tf.Tensor,
  options: KlDivOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("klDiv", { input, target });
  checkOptions("klDiv", options, ["reduction", "logTarget"]);
  refuseMore("klDiv", more);
  sameShape("klDiv", input, target);
  const { reduction = "mean", logTarget = false } = options;
  const losses = logTarget
    ? tf.mul(tf.exp(target), tf.sub(target, input))
    : tf.sub(timesLog(target), tf.mul(target, input));
  return reduction === "batchmean" ? tf.div(tf.sum(losses), input.shape[0] ?? 1) : reduce(losses, reduction);
}

/** x · log(x), 0 where x is 0. */
function timesLog(x: tf.Tensor): tf.Tensor {
  const isZero = tf.equal(x, 0);
  return tf.mul(x, tf.log(tf.where(isZero, tf.onesLike(x), x)));
}

export interface GaussianNllOptions extends LossOptions {
  /** Whether the constant term is added. @default false */
  readonly full?: boolean | undefined;
  /** The least variance. @default 1e-6 */
  readonly eps?: number | undefined;
}

/**
 * (log(variance) + (input - target)² / variance) / 2, reduced. As in PyTorch, the gradient does not see that `eps` took
 * over. @throws ShapeError; MisconfigurationError for a negative eps
 */
export function gaussianNllLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  variance: tf.Tensor,
  options: GaussianNllOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("gaussianNllLoss", { input, target, variance });
  checkOptions("gaussianNllLoss", options, ["reduction", "full", "eps"]);
  refuseMore("gaussianNllLoss", more);
  checkFloats("gaussianNllLoss", { input, target, variance });
  broadcastShapeOf("gaussianNllLoss", { input, target });
  const { full = false, eps = 1e-6 } = options;
  if (!(eps > 0))
    throw new MisconfigurationError({
      message: "gaussianNllLoss: the least variance is not positive.",
      expected: "eps above 0",
      received: String(eps),
    });
  const wide = wideVariance(input, variance);
  const least = tf.add(wide, detach(tf.sub(tf.maximum(wide, eps), wide)));
  const losses = tf.mul(tf.add(tf.log(least), tf.div(tf.square(tf.sub(input, target)), least)), 0.5);
  return reduce(full ? tf.add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, options.reduction);
}

/** The variance may lack the last dimension, or have 1 there. */
function wideVariance(input: tf.Tensor, variance: tf.Tensor): tf.Tensor {
  if (tf.util.arraysEqual(input.shape, variance.shape)) return variance;
  const leading = input.shape.slice(0, -1);
  if (tf.util.arraysEqual(leading, variance.shape)) return tf.expandDims(variance, -1);
  if (tf.util.arraysEqual([...leading, 1], variance.shape)) return variance;
  throw new ShapeError({
    message: "gaussianNllLoss: the variance does not fit the input.",
    expected: `${formatShape(input.shape)}, ${formatShape([...leading, 1])} or ${formatShape(leading)}`,
    received: formatShape(variance.shape),
    shapes: [variance.shape, input.shape],
  });
}

export interface PoissonNllOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate. @default true */
  readonly logInput?: boolean | undefined;
  /** Whether Stirling's approximation of log(target!) is added. @default false */
  readonly full?: boolean | undefined;
  /** Added to a rate before its logarithm. @default 1e-8 */
  readonly eps?: number | undefined;
}

/** exp(input) - target · input, or of a rate: input - target · log(input + eps), reduced. */
export function poissonNllLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: PoissonNllOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("poissonNllLoss", { input, target });
  checkOptions("poissonNllLoss", options, ["reduction", "logInput", "full", "eps"]);
  refuseMore("poissonNllLoss", more);
  sameShape("poissonNllLoss", input, target);
  const { logInput = true, full = false, eps = 1e-8 } = options;
  const losses = logInput
    ? tf.sub(tf.exp(input), tf.mul(target, input))
    : tf.sub(input, tf.mul(target, tf.log(tf.add(input, eps))));
  return reduce(full ? tf.add(losses, stirling(target)) : losses, options.reduction);
}

function stirling(target: tf.Tensor): tf.Tensor {
  const isLarge = tf.greater(target, 1);
  const large = tf.where(isLarge, target, tf.onesLike(target));
  const terms = tf.add(tf.sub(tf.mul(large, tf.log(large)), large), tf.mul(tf.log(tf.mul(large, 2 * Math.PI)), 0.5));
  return tf.where(isLarge, terms, tf.zerosLike(target));
}

/** log(1 + exp(-target · input)), reduced: targets are 1 and -1. @throws ShapeError when the shapes differ */
export function softMarginLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: LossOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("softMarginLoss", { input, target });
  checkOptions("softMarginLoss", options, ["reduction"]);
  refuseMore("softMarginLoss", more);
  sameShape("softMarginLoss", input, target);
  return reduce(tf.softplus(tf.neg(tf.mul(target, input))), options.reduction);
}

export interface MultilabelSoftMarginOptions extends LossOptions {
  /** One for each class. */
  readonly weight?: tf.Tensor | undefined;
}

/** The binary cross-entropies of all classes, averaged over the last dimension; targets are 0 and 1. */
export function multilabelSoftMarginLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: MultilabelSoftMarginOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("multilabelSoftMarginLoss", { input, target });
  checkOptions("multilabelSoftMarginLoss", options, ["reduction", "weight"]);
  refuseMore("multilabelSoftMarginLoss", more);
  sameShape("multilabelSoftMarginLoss", input, target);
  const losses = tf.add(tf.mul(target, tf.softplus(tf.neg(input))), tf.mul(tf.sub(1, target), tf.softplus(input)));
  const weighted = options.weight === undefined ? losses : tf.mul(losses, options.weight);
  return reduce(tf.mean(weighted, -1), options.reduction);
}
