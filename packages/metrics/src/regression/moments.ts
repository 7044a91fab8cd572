import { tf } from "@lightning-ts/core";
import { partsOf } from "../base/parts-of.js";

/** The rows of a state of moments, of which each column is an output. */
export const MOMENT_ROWS = 8;

/** What a batch tells about how predictions and targets vary together; each is [columns]. */
export interface Moments {
  readonly count: tf.Tensor;
  readonly predsMean: tf.Tensor;
  readonly targetMean: tf.Tensor;
  /** Sums of squared deviations from the mean, and of their products. */
  readonly predsSquares: tf.Tensor;
  readonly targetSquares: tf.Tensor;
  readonly products: tf.Tensor;
  /** The largest deviations, by which the others are scaled before they are compared. */
  readonly predsReach: tf.Tensor;
  readonly targetReach: tf.Tensor;
}

/** The moments of a batch, [MOMENT_ROWS, columns]. @param preds and `target` are [rows, columns] */
export function momentsOf(preds: tf.Tensor2D, target: tf.Tensor2D): tf.Tensor {
  const [predsMean, targetMean] = [tf.mean(preds, 0), tf.mean(target, 0)];
  const x = tf.sub(preds, predsMean);
  const y = tf.sub(target, targetMean);
  return tf.stack([
    tf.fill([preds.shape[1]], preds.shape[0]),
    predsMean,
    targetMean,
    tf.sum(tf.square(x), 0),
    tf.sum(tf.square(y), 0),
    tf.sum(tf.mul(x, y), 0),
    tf.max(tf.abs(x), 0),
    tf.max(tf.abs(y), 0),
  ]);
}

export function unpackMoments(moments: tf.Tensor): Moments {
  const part = partsOf(moments);
  return {
    count: part(0),
    predsMean: part(1),
    targetMean: part(2),
    predsSquares: part(3),
    targetSquares: part(4),
    products: part(5),
    predsReach: part(6),
    targetReach: part(7),
  };
}

/**
 * The moments of several sets of rows together, by the formula of Chan, Golub and LeVeque: sums around each set's own
 * mean, and what the distances of the means add to them. Sets without rows change nothing.
 * @param states [sets, MOMENT_ROWS, columns]
 */
export function mergeMoments(states: tf.Tensor): tf.Tensor {
  const part = partsOf(states, 1);
  const [count, predsMeans, targetMeans] = [part(0), part(1), part(2)];
  const [predsSquares, targetSquares, products] = [part(3), part(4), part(5)];
  const [predsReach, targetReach] = [part(6), part(7)];
  const total = tf.sum(count, 0);
  const share = tf.div(count, tf.maximum(total, 1));
  const [predsMean, targetMean] = [weightedMean(predsMeans, share), weightedMean(targetMeans, share)];
  const x = tf.sub(predsMeans, predsMean);
  const y = tf.sub(targetMeans, targetMean);
  const together = (sums: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    tf.add(tf.sum(sums, 0), tf.sum(tf.mul(tf.mul(count, a), b), 0));
  return tf.stack([
    total,
    predsMean,
    targetMean,
    together(predsSquares, x, x),
    together(targetSquares, y, y),
    together(products, x, y),
    reachOf(predsReach, x, count),
    reachOf(targetReach, y, count),
  ]);
}

/** The largest deviation of any set; that of its mean, for sets of one row. */
function reachOf(reach: tf.Tensor, distances: tf.Tensor, count: tf.Tensor): tf.Tensor {
  const ofMeans = tf.where(tf.greater(count, 0), tf.abs(distances), tf.zerosLike(distances));
  return tf.max(tf.maximum(reach, ofMeans), 0);
}

/** A mean whose rounding error is that of the means' distances, not that of their size. */
function weightedMean(means: tf.Tensor, share: tf.Tensor): tf.Tensor {
  const rough = tf.sum(tf.mul(means, share), 0);
  return tf.add(rough, tf.sum(tf.mul(tf.sub(means, rough), share), 0));
}
