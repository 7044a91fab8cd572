import { tf } from "../tensor/tf.js";
import { Beta } from "./beta.js";
import type { Distribution } from "./distribution.js";
import { Exponential } from "./exponential.js";
import { Gamma } from "./gamma.js";
import { Laplace } from "./laplace.js";
import { Normal } from "./normal.js";
import { digamma, lbeta, lgamma, xlogy } from "./special.js";
import { Uniform } from "./uniform.js";

const INFINITE = Number.POSITIVE_INFINITY;
/** Minus the mean of `log x` under the exponential distribution of rate 1. */
const EULER_GAMMA = 0.5772156649015329;

/**
 * The divergence of two distributions of different kinds: the mean of `-log q` under p, less p's entropy. Undefined for
 * pairs that PyTorch has no formula for either.
 */
export function klOfUnlike(p: Distribution, q: Distribution): tf.Tensor | undefined {
  if (reachesFurther(p, q)) return tf.fill([...p.batchShape], INFINITE);
  const mean = meanOfCode(p, q);
  if (mean === undefined) return undefined;
  const divergence = tf.sub(mean, p.entropy());
  const isOutside = whereOutside(p, q);
  return isOutside === undefined ? divergence : tf.where(isOutside, tf.fill(divergence.shape, INFINITE), divergence);
}

/** Whether p has values, whatever its parameters, that q excludes. PyTorch says so in the shape of p's batch. */
function reachesFurther(p: Distribution, q: Distribution): boolean {
  const isBounded = q instanceof Beta || q instanceof Uniform;
  if (p instanceof Normal || p instanceof Laplace) return isBounded || q instanceof Exponential || q instanceof Gamma;
  return (p instanceof Exponential || p instanceof Gamma) && isBounded;
}

/** Where p's interval is not within what q allows. */
function whereOutside(p: Distribution, q: Distribution): tf.Tensor | undefined {
  if (p instanceof Beta && q instanceof Uniform) return tf.logicalOr(tf.greater(q.low, 0), tf.less(q.high, 1));
  if (!(p instanceof Uniform)) return undefined;
  if (q instanceof Beta) return tf.logicalOr(tf.less(p.low, 0), tf.greater(p.high, 1));
  return q instanceof Exponential || q instanceof Gamma ? tf.less(p.low, 0) : undefined;
}

/** The mean of `-log q(x)` over draws x from p. */
function meanOfCode(p: Distribution, q: Distribution): tf.Tensor | undefined {
  if (q instanceof Normal) return hasMoments(p) ? codeOfNormal(p, q) : undefined;
  if (q instanceof Laplace) return p instanceof Normal ? codeOfLaplace(p, q) : undefined;
  if (q instanceof Uniform) return p instanceof Beta ? q.entropy() : undefined;
  if (q instanceof Exponential && (p instanceof Beta || p instanceof Gamma || p instanceof Uniform))
    return tf.sub(tf.mul(q.rate, p.mean), tf.log(q.rate));
  const log = meanOfLog(p);
  if (log === undefined) return undefined;
  if (q instanceof Gamma) {
    const constant = tf.sub(lgamma(q.concentration), tf.mul(q.concentration, tf.log(q.rate)));
    return tf.add(constant, tf.sub(tf.mul(q.rate, p.mean), tf.mul(tf.sub(q.concentration, 1), log)));
  }
  if (!(q instanceof Beta && p instanceof Uniform)) return undefined;
  const [a, b] = [q.concentration1, q.concentration0];
  const logOfRest = meanOfLogBetween(tf.sub(1, p.high), tf.sub(1, p.low));
  return tf.sub(lbeta(a, b), tf.add(tf.mul(tf.sub(a, 1), log), tf.mul(tf.sub(b, 1), logOfRest)));
}

function hasMoments(p: Distribution): boolean {
  return [Beta, Exponential, Gamma, Laplace, Uniform].some((kind) => p instanceof kind);
}

function codeOfNormal(p: Distribution, q: Normal): tf.Tensor {
  const square = tf.add(p.variance, tf.square(tf.sub(p.mean, q.loc)));
  const spread = tf.div(square, tf.mul(tf.square(q.scale), 2));
  return tf.add(tf.add(tf.log(q.scale), 0.5 * Math.log(2 * Math.PI)), spread);
}

/** The mean distance of a normal variable from a point is known in closed form. */
function codeOfLaplace(p: Normal, q: Laplace): tf.Tensor {
  const away = tf.sub(p.loc, q.loc);
  const share = tf.div(away, tf.mul(p.scale, Math.SQRT2));
  const width = tf.mul(tf.mul(p.scale, Math.sqrt(2 / Math.PI)), tf.exp(tf.neg(tf.square(share))));
  const distance = tf.add(width, tf.mul(away, tf.erf(share)));
  return tf.add(tf.log(tf.mul(q.scale, 2)), tf.div(distance, q.scale));
}

/** The mean of `log x` over draws from p. */
function meanOfLog(p: Distribution): tf.Tensor | undefined {
  if (p instanceof Beta) return tf.sub(digamma(p.concentration1), digamma(tf.add(p.concentration1, p.concentration0)));
  if (p instanceof Exponential) return tf.sub(-EULER_GAMMA, tf.log(p.rate));
  return p instanceof Uniform ? meanOfLogBetween(p.low, p.high) : undefined;
}

function meanOfLogBetween(low: tf.Tensor, high: tf.Tensor): tf.Tensor {
  return tf.sub(tf.div(tf.sub(xlogy(high, high), xlogy(low, low)), tf.sub(high, low)), 1);
}
