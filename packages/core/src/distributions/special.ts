import { refuseMore } from "../errors/refuse-more.js";
import { tf } from "../tensor/tf.js";

const SHIFT = 8;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The logarithm of the gamma function for x > 0, by Stirling's series from 8 on; smaller arguments are moved there by
 * the recurrence. Its gradient, by the same operations, is `digamma`. Error: 3e-6 or 2e-7 of the result.
 */
export function lgamma(x: tf.Tensor): tf.Tensor {
  const { moved, near, isNear } = shifted(x);
  const product = factors(near).reduce((all, factor) => tf.mul(all, factor));
  const inverse = tf.reciprocal(moved);
  const square = tf.square(inverse);
  const series = tf.mul(inverse, tf.add(tf.mul(square, tf.sub(tf.mul(square, 1 / 1260), 1 / 360)), 1 / 12));
  const main = tf.sub(tf.mul(tf.sub(moved, 0.5), tf.log(moved)), tf.sub(moved, HALF_LOG_TWO_PI));
  return tf.sub(tf.add(main, series), tf.mul(isNear, tf.log(product)));
}

/** The derivative of `lgamma` for x > 0. Error: 1e-6. */
export function digamma(x: tf.Tensor): tf.Tensor {
  const { moved, near, isNear } = shifted(x);
  const inverse = tf.reciprocal(moved);
  const square = tf.square(inverse);
  const series = tf.mul(square, tf.sub(1 / 12, tf.mul(square, tf.sub(1 / 120, tf.mul(square, 1 / 252)))));
  const main = tf.sub(tf.sub(tf.log(moved), tf.mul(inverse, 0.5)), series);
  const steps = factors(near).map((factor) => tf.reciprocal(factor));
  return tf.sub(main, tf.mul(isNear, tf.addN(steps)));
}

/** `a · log(b)`, and 0 where both are 0. */
export function xlogy(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const isNothing = tf.logicalAnd(tf.equal(a, 0), tf.lessEqual(b, 0));
  const argument = tf.add(b, tf.zerosLike(a));
  return tf.mul(a, tf.log(tf.where(isNothing, tf.onesLike(argument), argument)));
}

/** The logarithm of the beta function. */
export function lbeta(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.sub(tf.add(lgamma(a), lgamma(b)), lgamma(tf.add(a, b)));
}

/** `log(1 + exp(x))` without overflow. */
export function softplus(x: tf.Tensor, ...more: readonly never[]): tf.Tensor {
  refuseMore("softplus", more);
  return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

interface Shifted {
  /** x, or x + 8 where it was below. */
  readonly moved: tf.Tensor;
  /** x where it was below 8, and 8 elsewhere: products of it do not overflow. */
  readonly near: tf.Tensor;
  readonly isNear: tf.Tensor;
}

function shifted(x: tf.Tensor): Shifted {
  const isNear = tf.cast(tf.less(x, SHIFT), "float32");
  return { moved: tf.add(x, tf.mul(isNear, SHIFT)), near: tf.minimum(x, SHIFT), isNear };
}

/** x, x + 1, … x + 7 */
function factors(x: tf.Tensor): tf.Tensor[] {
  return Array.from({ length: SHIFT }, (_, k) => tf.add(x, k));
}
