import { tf } from "@lightning-ts/core";
import type { Moments } from "./moments.js";

/** The root of float32's relative rounding error: variances below it are noise. */
const LEAST_VARIANCE = Math.sqrt(2 ** -23);

export const VARIANCE_WARNING =
  "The variance of predictions or targets is close to zero, or not finite, so that their correlation is NaN. Scale the values up, or look for constant columns.";

interface Correlation {
  /** NaN where there is nothing to correlate. */
  readonly value: tf.Tensor;
  /** Whether each of the columns has variance. */
  readonly isKnown: tf.Tensor;
}

/** Pearson's coefficient of each column. */
export function correlationOf(moments: Moments): Correlation {
  const { count, predsSquares, targetSquares, products, predsReach, targetReach } = moments;
  const freedom = tf.sub(count, 1);
  const predsVariance = tf.div(tf.div(predsSquares, freedom), tf.square(predsReach));
  const targetVariance = tf.div(tf.div(targetSquares, freedom), tf.square(targetReach));
  const covariance = tf.div(tf.div(products, freedom), tf.mul(predsReach, targetReach));
  const isKnown = [
    tf.greaterEqual(predsVariance, LEAST_VARIANCE),
    tf.greaterEqual(targetVariance, LEAST_VARIANCE),
    tf.less(predsVariance, Number.POSITIVE_INFINITY),
    tf.less(targetVariance, Number.POSITIVE_INFINITY),
    tf.less(tf.abs(covariance), Number.POSITIVE_INFINITY),
  ].reduce((all, one) => tf.logicalAnd(all, one));
  const value = tf.clipByValue(tf.div(covariance, tf.sqrt(tf.mul(predsVariance, targetVariance))), -1, 1);
  return { value: tf.where(isKnown, value, tf.fill(value.shape, Number.NaN)), isKnown };
}

/** Lin's concordance of each column: the correlation, less what different means and variances take away. */
export function concordanceOf(moments: Moments): Correlation {
  const { value, isKnown } = correlationOf(moments);
  const freedom = tf.sub(moments.count, 1);
  const predsVariance = tf.div(moments.predsSquares, freedom);
  const targetVariance = tf.div(moments.targetSquares, freedom);
  const shift = tf.square(tf.sub(moments.predsMean, moments.targetMean));
  const spread = tf.mul(tf.sqrt(predsVariance), tf.sqrt(targetVariance));
  const whole = tf.add(tf.add(predsVariance, targetVariance), shift);
  return { value: tf.div(tf.mul(tf.mul(value, 2), spread), whole), isKnown };
}
