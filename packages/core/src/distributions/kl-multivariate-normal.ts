import { tf } from "../tensor/tf.js";
import { diagonal, solveLower, swapLast } from "./cholesky.js";
import type { MultivariateNormal } from "./multivariate-normal.js";

export function klOfMultivariateNormal(p: MultivariateNormal, q: MultivariateNormal): tf.Tensor {
  const size = p.eventShape[0] ?? 0;
  const halfLog = (one: MultivariateNormal) => tf.sum(tf.log(diagonal(one.scaleTril)), -1);
  // Each column of p's factor, solved by q's: the squares add up to the trace.
  const columns = tf.unstack(swapLast(p.scaleTril), -2).map((column) => tf.square(solveLower(q.scaleTril, column)));
  const trace = tf.sum(tf.addN(columns), -1);
  const distance = tf.sum(tf.square(solveLower(q.scaleTril, tf.sub(q.loc, p.loc))), -1);
  return tf.add(tf.sub(halfLog(q), halfLog(p)), tf.mul(tf.sub(tf.add(trace, distance), size), 0.5));
}
