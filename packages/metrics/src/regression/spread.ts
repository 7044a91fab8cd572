import { tf } from "@lightning-ts/core";
import { partsOf } from "../base/parts-of.js";

/** The rows of a state of spreads, of which each column is an output. */
export const SPREAD_ROWS = 6;

/** How the targets of a batch are spread; each is [columns]. */
export interface Spread {
  readonly count: tf.Tensor;
  readonly mean: tf.Tensor;
  /** The sum of squared deviations from the mean. */
  readonly deviations: tf.Tensor;
  readonly squares: tf.Tensor;
  readonly least: tf.Tensor;
  readonly most: tf.Tensor;
}

/** The spread of a batch, [SPREAD_ROWS, columns]. @param x [rows, columns] */
export function spreadOf(x: tf.Tensor2D): tf.Tensor {
  const mean = tf.mean(x, 0);
  return tf.stack([
    tf.fill([x.shape[1]], x.shape[0]),
    mean,
    tf.sum(tf.square(tf.sub(x, mean)), 0),
    tf.sum(tf.square(x), 0),
    tf.min(x, 0),
    tf.max(x, 0),
  ]);
}

export function unpackSpread(state: tf.Tensor): Spread {
  const part = partsOf(state);
  const [count, mean, deviations, squares, least, most] = [part(0), part(1), part(2), part(3), part(4), part(5)];
  return { count, mean, deviations, squares, least, most };
}

/**
 * The spread of several sets of rows together. Sets without rows, whose least and greatest value are both 0, change
 * nothing.
 * @param states [sets, SPREAD_ROWS, columns]
 */
export function mergeSpreads(states: tf.Tensor): tf.Tensor {
  const part = partsOf(states, 1);
  const [count, means, deviations, squares, least, most] = [part(0), part(1), part(2), part(3), part(4), part(5)];
  const total = tf.sum(count, 0);
  const share = tf.div(count, tf.maximum(total, 1));
  const rough = tf.sum(tf.mul(means, share), 0);
  const mean = tf.add(rough, tf.sum(tf.mul(tf.sub(means, rough), share), 0));
  const hasRows = tf.greater(count, 0);
  const whereRows = (x: tf.Tensor, otherwise: number): tf.Tensor => tf.where(hasRows, x, tf.fill(x.shape, otherwise));
  return tf.stack([
    total,
    mean,
    tf.add(tf.sum(deviations, 0), tf.sum(tf.mul(count, tf.square(tf.sub(means, mean))), 0)),
    tf.sum(squares, 0),
    tf.min(whereRows(least, Number.POSITIVE_INFINITY), 0),
    tf.max(whereRows(most, Number.NEGATIVE_INFINITY), 0),
  ]);
}
