import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { embedding } from "../../kernels/embedding.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { detach } from "../../tensor/detach.js";
import { tf } from "../../tensor/tf.js";
import { broadcastShapeOf } from "./check-broadcast.js";
import { checkFloats } from "./check-dtype.js";

export interface CosineSimilarityOptions {
  /** @default 1 */
  readonly dim?: number | undefined;
  /** The least length that is divided by. @default 1e-8 */
  readonly eps?: number | undefined;
}

/** The cosine of the angle between vectors along one dimension; the others broadcast. */
export function cosineSimilarity(
  x1: tf.Tensor,
  x2: tf.Tensor,
  options: CosineSimilarityOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("cosineSimilarity", { x1, x2 });
  checkOptions("cosineSimilarity", options, ["dim", "eps"]);
  refuseMore("cosineSimilarity", more);
  checkFloats("cosineSimilarity", { x1, x2 });
  const { dim = 1, eps = 1e-8 } = options;
  const shape = broadcastShapeOf("cosineSimilarity", { x1, x2 });
  const axis = dim < 0 ? shape.length + dim : dim;
  const unit = (x: tf.Tensor): tf.Tensor => {
    const wide = tf.broadcastTo(x, shape);
    return tf.div(wide, lengthAtLeast(wide, axis, eps));
  };
  return tf.sum(tf.mul(unit(x1), unit(x2)), axis);
}

/** Lengths of vectors, at least eps. As in PyTorch, the gradient does not see that eps took over. */
function lengthAtLeast(x: tf.Tensor, axis: number, eps: number): tf.Tensor {
  const length = tf.norm(x, 2, axis, true);
  return tf.add(detach(tf.maximum(length, eps)), tf.sub(length, detach(length)));
}

export interface PairwiseDistanceOptions {
  /** The norm. @default 2 */
  readonly p?: number | undefined;
  /** Added to every difference. @default 1e-6 */
  readonly eps?: number | undefined;
  /** Keeps the last dimension, as 1. @default false */
  readonly keepdim?: boolean | undefined;
}

/** The p-norm of x1 - x2 + eps along the last dimension; the others broadcast. */
export function pairwiseDistance(
  x1: tf.Tensor,
  x2: tf.Tensor,
  options: PairwiseDistanceOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("pairwiseDistance", { x1, x2 });
  checkOptions("pairwiseDistance", options, ["p", "eps", "keepdim"]);
  refuseMore("pairwiseDistance", more);
  checkFloats("pairwiseDistance", { x1, x2 });
  broadcastShapeOf("pairwiseDistance", { x1, x2 });
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  const difference = tf.add(tf.sub(x1, x2), eps);
  if (p === 1 || p === 2 || p === Number.POSITIVE_INFINITY) return tf.norm(difference, p, -1, keepdim);
  return tf.pow(tf.sum(tf.pow(tf.abs(difference), p), -1, keepdim), 1 / p);
}

export interface NormalizeOptions {
  /** The norm. @default 2 */
  readonly p?: number | undefined;
  /** @default 1 */
  readonly dim?: number | undefined;
  /** The least norm that is divided by. @default 1e-12 */
  readonly eps?: number | undefined;
}

/** x divided by its p-norm along one dimension. */
export function normalize(x: tf.Tensor, options: NormalizeOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("normalize", { x });
  checkOptions("normalize", options, ["p", "dim", "eps"]);
  refuseMore("normalize", more);
  checkFloats("normalize", { x });
  const { p = 2, dim = 1, eps = 1e-12 } = options;
  return tf.div(x, tf.maximum(powerNorm(x, p, dim < 0 ? x.rank + dim : dim), eps));
}

/** Distances of all pairs of rows: x [N, D] -> [N · (N - 1) / 2], the first row's pairs first. @param p @default 2 */
export function pdist(x: tf.Tensor, given?: NumberOr<"p">, ...more: readonly never[]): tf.Tensor {
  requireTensors("pdist", { x });
  refuseMore("pdist", more);
  const p = namedOrFirst("pdist", given, "p", 2);
  checkFloats("pdist", { x });
  if (x.rank !== 2 || !(p >= 0))
    throw new ShapeError({
      message: "pdist: these are no rows, or there is no such norm.",
      expected: "[N, D], and p of at least 0",
      received: `${formatShape(x.shape)}, p ${p}`,
      shapes: [x.shape],
    });
  const rows = Array.from({ length: x.shape[0] ?? 0 }, (_, i) => i);
  const pairs = rows.flatMap((i) => rows.slice(i + 1).map((j): [number, number] => [i, j]));
  if (pairs.length === 0) return tf.mul(tf.sum(x), tf.zeros([0]));
  const at = (side: 0 | 1): tf.Tensor => {
    const indices = tf.tensor1d(
      Int32Array.from(pairs, (pair) => pair[side]),
      "int32",
    );
    return runFusedSingle(embedding, { table: x, indices }, { paddingIndex: -1 });
  };
  const difference = tf.sub(at(0), at(1));
  if (p === 0) return tf.sum(tf.add(tf.cast(tf.notEqual(difference, 0), "float32"), tf.mul(difference, 0)), 1);
  return tf.squeeze(powerNorm(difference, p, 1), [1]);
}

/** The p-norm along one dimension, which is kept as 1. */
function powerNorm(x: tf.Tensor, p: number, axis: number): tf.Tensor {
  if (p === 1 || p === 2 || p === Number.POSITIVE_INFINITY) return tf.norm(x, p, axis, true);
  return tf.pow(tf.sum(tf.pow(tf.abs(x), p), axis, true), 1 / p);
}
