import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

/** What becomes of one loss per element. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** @default "mean" */
  readonly reduction?: Reduction | undefined;
}

/** (input - target)², reduced. @throws ShapeError when the shapes differ */
export function mseLoss(input: tf.Tensor, target: tf.Tensor, options: LossOptions = {}): tf.Tensor {
  sameShape("mseLoss", input, target);
  return reduce(tf.square(tf.sub(input, target)), options.reduction);
}

/** |input - target|, reduced. @throws ShapeError when the shapes differ */
export function l1Loss(input: tf.Tensor, target: tf.Tensor, options: LossOptions = {}): tf.Tensor {
  sameShape("l1Loss", input, target);
  return reduce(tf.abs(tf.sub(input, target)), options.reduction);
}

/** Quadratic below `beta`, linear above. @throws ShapeError when the shapes differ */
export function smoothL1Loss(input: tf.Tensor, target: tf.Tensor, options: LossOptions & { readonly beta?: number | undefined } = {}): tf.Tensor {
  sameShape("smoothL1Loss", input, target);
  const beta = options.beta ?? 1;
  const distance = tf.abs(tf.sub(input, target));
  if (beta === 0) return reduce(distance, options.reduction);
  return reduce(tf.where(tf.less(distance, beta), tf.div(tf.square(distance), 2 * beta), tf.sub(distance, beta / 2)), options.reduction);
}

/**
 * -(target · log(input) + (1 - target) · log(1 - input)), reduced; logarithms are at least -100, as in PyTorch.
 * @param input probabilities
 * @throws ShapeError when the shapes differ
 */
export function binaryCrossEntropy(input: tf.Tensor, target: tf.Tensor, options: LossOptions = {}): tf.Tensor {
  sameShape("binaryCrossEntropy", input, target);
  const logInput = tf.maximum(tf.log(input), -100);
  const logRest = tf.maximum(tf.log(tf.sub(1, input)), -100);
  return reduce(tf.neg(tf.add(tf.mul(target, logInput), tf.mul(tf.sub(1, target), logRest))), options.reduction);
}

export interface BinaryCrossEntropyWithLogitsOptions extends LossOptions {
  /** Weight of positive examples; broadcast to the input. */
  readonly posWeight?: tf.Tensor | undefined;
}

/** Binary cross-entropy of sigmoid(input), computed without overflow. @throws ShapeError when the shapes differ */
export function binaryCrossEntropyWithLogits(input: tf.Tensor, target: tf.Tensor, options: BinaryCrossEntropyWithLogitsOptions = {}): tf.Tensor {
  sameShape("binaryCrossEntropyWithLogits", input, target);
  const { posWeight } = options;
  // log(1 + exp(-x)) = max(-x, 0) + log1p(exp(-|x|))
  const softplusOfNegative = tf.add(tf.relu(tf.neg(input)), tf.log1p(tf.exp(tf.neg(tf.abs(input)))));
  const weighted = posWeight === undefined ? softplusOfNegative : tf.mul(softplusOfNegative, tf.add(tf.mul(tf.sub(posWeight, 1), target), 1));
  return reduce(tf.add(tf.mul(tf.sub(1, target), input), weighted), options.reduction);
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
      throw new MisconfigurationError({ message: "This reduction does not exist.", expected: '"mean", "sum" or "none"', received: JSON.stringify(reduction satisfies never) });
  }
}

function sameShape(loss: string, input: tf.Tensor, target: tf.Tensor): void {
  if (tf.util.arraysEqual(input.shape, target.shape)) return;
  throw new ShapeError({ message: `${loss}: input and target differ in shape.`, expected: `a target of shape ${formatShape(input.shape)}`, received: formatShape(target.shape), tryThis: "reshape one of them; broadcasting would average over pairs that were not meant." });
}
