import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { tf } from "../../tensor/tf.js";
import { broadcastShapeOf } from "./check-broadcast.js";
import { checkFloats } from "./check-dtype.js";
import { reduce, sameShape, type LossOptions } from "./losses.js";
import { pairwiseDistance } from "./similarity.js";

export interface MarginOptions extends LossOptions {
  readonly margin?: number | undefined;
}

/**
 * max(0, margin - target · (x1 - x2)), reduced: target 1 where x1 should be larger, else -1.
 * @param options.margin @default 0
 */
export function marginRankingLoss(
  x1: tf.Tensor,
  x2: tf.Tensor,
  target: tf.Tensor,
  options: MarginOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("marginRankingLoss", { x1, x2, target });
  checkOptions("marginRankingLoss", options, ["reduction", "margin"]);
  refuseMore("marginRankingLoss", more);
  checkFloats("marginRankingLoss", { x1, x2, target });
  broadcastShapeOf("marginRankingLoss", { x1, x2, target });
  const losses = tf.add(tf.mul(tf.neg(target), tf.sub(x1, x2)), options.margin ?? 0);
  return reduce(tf.relu(losses), options.reduction);
}

/** input where the target is 1, max(0, margin - input) where it is -1, reduced. @param options.margin @default 1 */
export function hingeEmbeddingLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: MarginOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("hingeEmbeddingLoss", { input, target });
  checkOptions("hingeEmbeddingLoss", options, ["reduction", "margin"]);
  refuseMore("hingeEmbeddingLoss", more);
  sameShape("hingeEmbeddingLoss", input, target);
  const zero = tf.zerosLike(input);
  const apart = tf.where(tf.equal(target, 1), zero, tf.relu(tf.sub(options.margin ?? 1, input)));
  const together = tf.where(tf.equal(target, -1), zero, input);
  return reduce(tf.add(apart, together), options.reduction);
}

/** Keeps the square of a vector's length from 0. */
const COSINE_EPS = 1e-12;

/**
 * 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1, reduced. x1 and x2 [N, D] or [D],
 * target [N] or []. @param options.margin @default 0
 */
export function cosineEmbeddingLoss(
  x1: tf.Tensor,
  x2: tf.Tensor,
  target: tf.Tensor,
  options: MarginOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("cosineEmbeddingLoss", { x1, x2, target });
  checkOptions("cosineEmbeddingLoss", options, ["reduction", "margin"]);
  refuseMore("cosineEmbeddingLoss", more);
  sameShape("cosineEmbeddingLoss", x1, x2);
  if (!tf.util.arraysEqual(target.shape, x1.shape.slice(0, -1)))
    throw new ShapeError({
      message: "cosineEmbeddingLoss: there is not one target for each pair.",
      expected: formatShape(x1.shape.slice(0, -1)),
      received: formatShape(target.shape),
      shapes: [target.shape, x1.shape],
    });
  const along = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b), -1);
  const squares = tf.mul(tf.add(along(x1, x1), COSINE_EPS), tf.add(along(x2, x2), COSINE_EPS));
  const cosine = tf.div(along(x1, x2), tf.sqrt(squares));
  const zero = tf.zerosLike(cosine);
  const together = tf.where(tf.equal(target, 1), tf.sub(1, cosine), zero);
  const apart = tf.where(tf.equal(target, -1), tf.relu(tf.sub(cosine, options.margin ?? 0)), zero);
  return reduce(tf.add(together, apart), options.reduction);
}

export interface TripletMarginOptions extends MarginOptions {
  /** The norm of the distances. @default 2 */
  readonly p?: number | undefined;
  /** Added to every difference. @default 1e-6 */
  readonly eps?: number | undefined;
  /** Takes the distance of positive and negative where the one of anchor and negative is larger. @default false */
  readonly swap?: boolean | undefined;
}

/**
 * max(0, margin + distance(anchor, positive) - distance(anchor, negative)), reduced. [N, D] or [D] each.
 * @param options.margin @default 1
 */
export function tripletMarginLoss(
  anchor: tf.Tensor,
  positive: tf.Tensor,
  negative: tf.Tensor,
  options: TripletMarginOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("tripletMarginLoss", { anchor, positive, negative });
  checkOptions("tripletMarginLoss", options, ["reduction", "margin", "p", "eps", "swap"]);
  refuseMore("tripletMarginLoss", more);
  checkTriplet("tripletMarginLoss", { anchor, positive, negative });
  const { margin = 1, p = 2, eps = 1e-6, swap = false } = options;
  const far = pairwiseDistance(anchor, negative, { p, eps });
  const nearest = swap ? tf.minimum(far, pairwiseDistance(positive, negative, { p, eps })) : far;
  const losses = tf.add(tf.sub(pairwiseDistance(anchor, positive, { p, eps }), nearest), margin);
  return reduce(tf.relu(losses), options.reduction);
}

function checkTriplet(
  operation: string,
  inputs: Readonly<Record<"anchor" | "positive" | "negative", tf.Tensor>>,
): void {
  checkFloats(operation, inputs);
  broadcastShapeOf(operation, inputs);
}

export interface MultiMarginOptions extends MarginOptions {
  /** 1 or 2. @default 1 */
  readonly p?: 1 | 2 | undefined;
  /** One for each class. */
  readonly weight?: tf.Tensor | undefined;
}

/**
 * Over the classes that are not the target: max(0, margin - input[target] + input[class])^p, averaged, reduced.
 * input [N, C] or [C], target int32 [N] or []. @param options.margin @default 1 @throws ShapeError
 */
export function multiMarginLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: MultiMarginOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("multiMarginLoss", { input, target });
  checkOptions("multiMarginLoss", options, ["reduction", "margin", "p", "weight"]);
  refuseMore("multiMarginLoss", more);
  checkFloats("multiMarginLoss", { input, weight: options.weight });
  if (target.dtype !== "int32" || !tf.util.arraysEqual(target.shape, input.shape.slice(0, -1)))
    throw new ShapeError({
      message: "multiMarginLoss: the target does not fit the input.",
      expected: `class numbers of shape ${formatShape(input.shape.slice(0, -1))}, int32`,
      received: `${target.dtype} ${formatShape(target.shape)}`,
      shapes: [target.shape, input.shape],
    });
  const { margin = 1, p = 1, weight } = options;
  const isTarget = oneHotRows(target, input.shape.at(-1) ?? 0);
  const wanted = tf.sum(tf.mul(input, isTarget), -1, true);
  const missing = tf.mul(tf.relu(tf.add(tf.sub(input, wanted), margin)), tf.sub(1, isTarget));
  const powers = p === 2 ? tf.square(missing) : missing;
  const weighted = weight === undefined ? powers : tf.mul(powers, tf.sum(tf.mul(isTarget, weight), -1, true));
  return reduce(tf.mean(weighted, -1), options.reduction);
}

export interface TripletMarginWithDistanceOptions extends MarginOptions {
  /** The distance of rows. @default the Euclidean one, as `pairwiseDistance` has it */
  readonly distanceFunction?: ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor) | undefined;
  /** Takes the distance of positive and negative where the one of anchor and negative is larger. @default false */
  readonly swap?: boolean | undefined;
}

/**
 * max(0, margin + distance(anchor, positive) - distance(anchor, negative)), reduced, for a distance of your own.
 * @param options.margin @default 1
 */
export function tripletMarginWithDistanceLoss(
  anchor: tf.Tensor,
  positive: tf.Tensor,
  negative: tf.Tensor,
  options: TripletMarginWithDistanceOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("tripletMarginWithDistanceLoss", { anchor, positive, negative });
  checkOptions("tripletMarginWithDistanceLoss", options, ["reduction", "margin", "distanceFunction", "swap"]);
  refuseMore("tripletMarginWithDistanceLoss", more);
  checkTriplet("tripletMarginWithDistanceLoss", { anchor, positive, negative });
  const { margin = 1, distanceFunction: distance = pairwiseDistance, swap = false } = options;
  const far = distance(anchor, negative);
  const nearest = swap ? tf.minimum(far, distance(positive, negative)) : far;
  return reduce(tf.relu(tf.add(tf.sub(distance(anchor, positive), nearest), margin)), options.reduction);
}

/**
 * Over pairs of a target class and another class: max(0, 1 - (input[target] - input[other])), summed, divided by the
 * number of classes, reduced. input [N, C] or [C]; target int32 of the same shape: classes until the first -1.
 * @throws ShapeError
 */
export function multilabelMarginLoss(
  input: tf.Tensor,
  target: tf.Tensor,
  options: LossOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("multilabelMarginLoss", { input, target });
  checkOptions("multilabelMarginLoss", options, ["reduction"]);
  refuseMore("multilabelMarginLoss", more);
  checkFloats("multilabelMarginLoss", { input });
  const isFitting = input.rank === 1 || input.rank === 2;
  if (!isFitting || target.dtype !== "int32" || !tf.util.arraysEqual(target.shape, input.shape))
    throw new ShapeError({
      message: "multilabelMarginLoss: the target does not fit the input.",
      expected: `class numbers of shape ${formatShape(input.shape)}, int32, until the first -1`,
      received: `${target.dtype} ${formatShape(target.shape)}`,
      shapes: [target.shape, input.shape],
    });
  const classes = input.shape.at(-1) ?? 0;
  const isEnd = tf.cast(tf.less(target, 0), "float32");
  const isListed = tf.cast(tf.equal(tf.cumsum(isEnd, input.rank - 1), 0), "float32"); // [..., slots]
  const slots = tf.mul(oneHotRows(tf.maximum(target, tf.scalar(0, "int32")), classes), tf.expandDims(isListed, -1));
  const isOther = tf.sub(1, tf.max(slots, -2, true)); // [..., 1, classes]
  const wanted = tf.sum(tf.mul(slots, tf.expandDims(input, -2)), -1, true); // [..., slots, 1]
  const missing = tf.relu(tf.add(tf.sub(tf.expandDims(input, -2), wanted), 1));
  const counted = tf.mul(tf.mul(missing, isOther), tf.expandDims(isListed, -1));
  return reduce(tf.div(tf.sum(counted, [-2, -1]), classes), options.reduction);
}
