import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { binaryCrossEntropy as binaryCrossEntropyKernel } from "../../kernels/binary-cross-entropy.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

/** How one loss per element becomes the result. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** @default "mean" */
  readonly reduction?: Reduction | undefined;
}

export interface WeightedLossOptions extends LossOptions {
  /** A factor for each loss, of the input's shape. */
  readonly weight?: tf.Tensor | undefined;
}

/** (input - target)², reduced; "mean" divides by the sum of the weights. @throws ShapeError when the shapes differ */
export function mseLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: WeightedLossOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("mseLoss", { input, target });
  checkOptions("mseLoss", options, ["reduction", "weight"]);
  refuseMore("mseLoss", more);
  sameShape("mseLoss", input, target);
  return reduceWeighted("mseLoss", tf.square(tf.sub(input, target)), options);
}

/** |input - target|, reduced; "mean" divides by the sum of the weights. @throws ShapeError when the shapes differ */
export function l1Loss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: WeightedLossOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("l1Loss", { input, target });
  checkOptions("l1Loss", options, ["reduction", "weight"]);
  refuseMore("l1Loss", more);
  sameShape("l1Loss", input, target);
  return reduceWeighted("l1Loss", tf.abs(tf.sub(input, target)), options);
}

/** Quadratic below `beta`, linear above. @throws ShapeError when the shapes differ */
export function smoothL1Loss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: LossOptions & { readonly beta?: number | undefined } = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("smoothL1Loss", { input, target });
  checkOptions("smoothL1Loss", options, ["reduction", "beta"]);
  refuseMore("smoothL1Loss", more);
  sameShape("smoothL1Loss", input, target);
  const beta = options.beta ?? 1;
  const distance = tf.abs(tf.sub(input, target));
  if (beta === 0) return reduce(distance, options.reduction);
  // d² / 2β below β and d - β / 2 above; an infinite distance squared would make a gradient of NaN, selected or not.
  const near = tf.minimum(distance, beta);
  return reduce(tf.mul(tf.div(near, beta), tf.sub(distance, tf.div(near, 2))), options.reduction);
}

/** Quadratic below `delta`, linear above, with one slope where they meet. @throws ShapeError when the shapes differ */
export function huberLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: WeightedLossOptions & { readonly delta?: number | undefined } = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("huberLoss", { input, target });
  checkOptions("huberLoss", options, ["reduction", "delta", "weight"]);
  refuseMore("huberLoss", more);
  sameShape("huberLoss", input, target);
  const distance = tf.abs(tf.sub(input, target));
  const near = tf.minimum(distance, options.delta ?? 1);
  const losses = tf.mul(near, tf.sub(distance, tf.div(near, 2)));
  return reduce(weighted("huberLoss", losses, options.weight), options.reduction);
}

/**
 * -(target · log(input) + (1 - target) · log(1 - input)), reduced. As in PyTorch, logarithms are at least -100 and the
 * gradient divides by at least 1e-12: it stays finite where a sigmoid is saturated.
 * A probability outside of [0, 1] gives NaN, where PyTorch raises: to raise here, every call would have to read its
 * input from the device. `binaryCrossEntropyWithLogits` takes any numbers.
 * @param input probabilities
 * @throws ShapeError when the shapes differ
 */
export function binaryCrossEntropy(
  input: tf.Tensor,
  target: tf.Tensor,
  options: BinaryCrossEntropyOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("binaryCrossEntropy", { input, target });
  checkOptions("binaryCrossEntropy", options, ["reduction", "weight"]);
  refuseMore("binaryCrossEntropy", more);
  sameShape("binaryCrossEntropy", input, target);
  const losses = runFusedSingle(binaryCrossEntropyKernel, { input, target }, {});
  return reduce(options.weight === undefined ? losses : tf.mul(losses, options.weight), options.reduction);
}

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** A factor for each loss; broadcast to the input. */
  readonly weight?: tf.Tensor | undefined;
}

export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Weight of positive examples; broadcast to the input. */
  readonly posWeight?: tf.Tensor | undefined;
}

/** Binary cross-entropy of sigmoid(input), computed without overflow. @throws ShapeError when the shapes differ */
export function binaryCrossEntropyWithLogits(
  input: tf.Tensor,
  target: tf.Tensor,
  options: BinaryCrossEntropyWithLogitsOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("binaryCrossEntropyWithLogits", { input, target });
  checkOptions("binaryCrossEntropyWithLogits", options, ["reduction", "weight", "posWeight"]);
  refuseMore("binaryCrossEntropyWithLogits", more);
  sameShape("binaryCrossEntropyWithLogits", input, target);
  const { posWeight } = options;
  const softplusOfNegative = tf.softplus(tf.neg(input));
  const weighted =
    posWeight === undefined
      ? softplusOfNegative
      : tf.mul(softplusOfNegative, tf.add(tf.mul(tf.sub(posWeight, 1), target), 1));
  const losses = tf.add(tf.mul(tf.sub(1, target), input), weighted);
  return reduce(options.weight === undefined ? losses : tf.mul(losses, options.weight), options.reduction);
}

function weighted(loss: string, losses: tf.Tensor, weight: tf.Tensor | undefined): tf.Tensor {
  if (weight === undefined) return losses;
  sameShape(`${loss} with a weight`, losses, weight);
  return tf.mul(losses, weight);
}

/** The mean of weighted losses divides by the sum of their weights. */
function reduceWeighted(loss: string, losses: tf.Tensor, { reduction, weight }: WeightedLossOptions): tf.Tensor {
  const all = weighted(loss, losses, weight);
  if (weight === undefined || (reduction ?? "mean") !== "mean") return reduce(all, reduction);
  return tf.div(tf.sum(all), tf.sum(weight));
}

/** Reduces one loss per element. */
export function reduce(losses: tf.Tensor, reduction: Reduction = "mean"): tf.Tensor {
  switch (reduction) {
    case "mean":
      return tf.mean(losses);
    case "sum":
      return tf.sum(losses);
    case "none":
      return losses;
    default:
      throw new MisconfigurationError({
        message: "This reduction does not exist.",
        expected: '"mean", "sum" or "none"',
        received: JSON.stringify(reduction satisfies never),
      });
  }
}

/** @throws ShapeError unless input and target have one shape, and the input floats */
export function sameShape(loss: string, input: tf.Tensor, target: tf.Tensor): void {
  checkFloats(loss, { input });
  if (tf.util.arraysEqual(input.shape, target.shape)) return;
  throw new ShapeError({
    message: `${loss}: input and target differ in shape.`,
    expected: `a target of shape ${formatShape(input.shape)}`,
    received: formatShape(target.shape),
    shapes: [target.shape, input.shape],
    tryThis: "reshape one of them; broadcasting would average over pairs that were not meant.",
  });
}
