import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { detach } from "../../tensor/detach.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

export interface CosineSimilarityOptions {
  /** @default 1 */
  readonly dim?: number | undefined;
  /** The least length that is divided by. @default 1e-8 */
  readonly eps?: number | undefined;
}

/** The cosine of the angle between vectors along one dimension; the others broadcast. */
export function cosineSimilarity(x1: tf.Tensor, x2: tf.Tensor, options: CosineSimilarityOptions = {}): tf.Tensor {
  rejectUnknownOptions("cosineSimilarity", options, ["dim", "eps"]);
  checkFloats("cosineSimilarity", { x1, x2 });
  const { dim = 1, eps = 1e-8 } = options;
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(x1.shape, x2.shape);
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
export function pairwiseDistance(x1: tf.Tensor, x2: tf.Tensor, options: PairwiseDistanceOptions = {}): tf.Tensor {
  rejectUnknownOptions("pairwiseDistance", options, ["p", "eps", "keepdim"]);
  checkFloats("pairwiseDistance", { x1, x2 });
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  const difference = tf.add(tf.sub(x1, x2), eps);
  if (p === 1 || p === 2 || p === Number.POSITIVE_INFINITY) return tf.norm(difference, p, -1, keepdim);
  return tf.pow(tf.sum(tf.pow(tf.abs(difference), p), -1, keepdim), 1 / p);
}
