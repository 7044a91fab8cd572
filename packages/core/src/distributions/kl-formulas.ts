import { tf } from "../tensor/tf.js";
import type { Bernoulli } from "./bernoulli.js";
import type { Beta } from "./beta.js";
import type { Categorical } from "./categorical.js";
import type { Dirichlet } from "./dirichlet.js";
import type { Gamma } from "./gamma.js";
import { digamma, lbeta, lgamma, softplus } from "./special.js";

const INFINITE = Number.POSITIVE_INFINITY;

export function klOfCategorical(p: Categorical, q: Categorical): tf.Tensor {
  return tf.sum(share(p.probs, q.probs, tf.mul(p.probs, tf.sub(p.logits, q.logits))), -1);
}

export function klOfBernoulli(p: Bernoulli, q: Bernoulli): tf.Tensor {
  const ones = tf.mul(p.probs, tf.sub(softplus(tf.neg(q.logits)), softplus(tf.neg(p.logits))));
  const zeros = tf.mul(tf.sub(1, p.probs), tf.sub(softplus(q.logits), softplus(p.logits)));
  return tf.add(share(p.probs, q.probs, ones), share(tf.sub(1, p.probs), tf.sub(1, q.probs), zeros));
}

/** A term of the sum over outcomes: 0 where p is, and infinite where q excludes what p does not. */
function share(p: tf.Tensor, q: tf.Tensor, term: tf.Tensor): tf.Tensor {
  const like = tf.zerosLike(term);
  const limited = tf.where(tf.equal(tf.add(q, like), 0), tf.fill(term.shape, INFINITE), term);
  return tf.where(tf.equal(tf.add(p, like), 0), like, limited);
}

export function klOfBeta(p: Beta, q: Beta): tf.Tensor {
  const [a, b] = [p.concentration1, p.concentration0];
  const [c, d] = [q.concentration1, q.concentration0];
  const own = tf.add(tf.mul(tf.sub(a, c), digamma(a)), tf.mul(tf.sub(b, d), digamma(b)));
  const [total, other] = [tf.add(a, b), tf.add(c, d)];
  return tf.add(tf.sub(lbeta(c, d), lbeta(a, b)), tf.add(own, tf.mul(tf.sub(other, total), digamma(total))));
}

export function klOfGamma(p: Gamma, q: Gamma): tf.Tensor {
  const rates = tf.mul(q.concentration, tf.log(tf.div(p.rate, q.rate)));
  const gammas = tf.sub(lgamma(q.concentration), lgamma(p.concentration));
  const shapes = tf.mul(tf.sub(p.concentration, q.concentration), digamma(p.concentration));
  const means = tf.mul(tf.sub(q.rate, p.rate), tf.div(p.concentration, p.rate));
  return tf.add(tf.add(rates, gammas), tf.add(shapes, means));
}

export function klOfDirichlet(p: Dirichlet, q: Dirichlet): tf.Tensor {
  const [total, other] = [tf.sum(p.concentration, -1, true), tf.sum(q.concentration, -1, true)];
  const totals = tf.squeeze(tf.sub(lgamma(total), lgamma(other)), [total.rank - 1]);
  const parts = tf.sub(lgamma(q.concentration), lgamma(p.concentration));
  const moved = tf.sub(digamma(p.concentration), digamma(total));
  return tf.add(totals, tf.sum(tf.add(parts, tf.mul(tf.sub(p.concentration, q.concentration), moved)), -1));
}
