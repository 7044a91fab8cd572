import { refuseMore } from "../errors/refuse-more.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { Bernoulli } from "./bernoulli.js";
import { Beta } from "./beta.js";
import { sumRightmost } from "./broadcast.js";
import { Categorical } from "./categorical.js";
import { Dirichlet } from "./dirichlet.js";
import type { Distribution } from "./distribution.js";
import { Exponential } from "./exponential.js";
import { Gamma } from "./gamma.js";
import { Independent } from "./independent.js";
import { klOfBernoulli, klOfBeta, klOfCategorical, klOfDirichlet, klOfGamma } from "./kl-formulas.js";
import { klOfUnlike } from "./kl-of-unlike.js";
import { klOfMultivariateNormal } from "./kl-multivariate-normal.js";
import { Laplace } from "./laplace.js";
import { MultivariateNormal } from "./multivariate-normal.js";
import { Normal } from "./normal.js";
import { OneHotCategorical } from "./one-hot-categorical.js";
import { TransformedDistribution } from "./transformed-distribution.js";
import { AffineTransform } from "./transforms/affine-transform.js";
import { TanhTransform } from "./transforms/tanh-transform.js";
import type { Transform } from "./transforms/transform.js";
import { Uniform } from "./uniform.js";

/**
 * The Kullback-Leibler divergence of two distributions, element by element of their batch: of the same kind, or of the
 * different kinds that PyTorch has formulas for.
 * @throws MisconfigurationError for a pair without a formula
 */
export function klDivergence(p: Distribution, q: Distribution, ...more: readonly never[]): tf.Tensor {
  refuseMore("klDivergence", more);
  if (p instanceof Normal && q instanceof Normal) return klOfNormal(p, q);
  if (p instanceof Categorical && q instanceof Categorical) return klOfCategorical(p, q);
  if (p instanceof OneHotCategorical && q instanceof OneHotCategorical)
    return klOfCategorical(p.categorical, q.categorical);
  if (p instanceof Bernoulli && q instanceof Bernoulli) return klOfBernoulli(p, q);
  if (p instanceof Uniform && q instanceof Uniform) return klOfUniform(p, q);
  if (p instanceof Beta && q instanceof Beta) return klOfBeta(p, q);
  if (p instanceof Gamma && q instanceof Gamma) return klOfGamma(p, q);
  if (p instanceof Dirichlet && q instanceof Dirichlet) return klOfDirichlet(p, q);
  if (p instanceof Exponential && q instanceof Exponential) return klOfExponential(p, q);
  if (p instanceof Laplace && q instanceof Laplace) return klOfLaplace(p, q);
  if (p instanceof MultivariateNormal && q instanceof MultivariateNormal) return klOfMultivariateNormal(p, q);
  if (p instanceof Independent && q instanceof Independent && p.reinterpretedBatchNdims === q.reinterpretedBatchNdims)
    return sumRightmost(klDivergence(p.baseDist, q.baseDist), p.reinterpretedBatchNdims);
  if (p instanceof TransformedDistribution && q instanceof TransformedDistribution && areAlike(p, q))
    return klDivergence(p.baseDist, q.baseDist);
  const unlike = klOfUnlike(p, q);
  if (unlike !== undefined) return unlike;
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: `There is no formula for the divergence of ${p.constructor.name} and ${q.constructor.name}.`,
    expected: "two distributions of the same kind, transformed alike if at all, or a pair that PyTorch knows",
    tryThis: "an estimate: the mean of p.logProb(x) - q.logProb(x) over x = p.rsample([1000]).",
  });
}

/** Whether both are made by the same functions, which then leave the divergence as it is. */
function areAlike(p: TransformedDistribution, q: TransformedDistribution): boolean {
  return (
    p.transforms.length === q.transforms.length &&
    p.transforms.every((transform, i) => isSame(transform, q.transforms[i])) &&
    tf.util.arraysEqual([...p.eventShape], [...q.eventShape])
  );
}

function isSame(one: Transform, other: Transform | undefined): boolean {
  if (one === other || (one instanceof TanhTransform && other instanceof TanhTransform)) return true;
  if (!(one instanceof AffineTransform && other instanceof AffineTransform)) return false;
  const areEqual = (a: tf.Tensor, b: tf.Tensor): boolean =>
    a === b || tf.tidy(() => tf.all(tf.equal(a, b)).dataSync()[0] === 1);
  return areEqual(one.loc, other.loc) && areEqual(one.scale, other.scale);
}

function klOfNormal(p: Normal, q: Normal): tf.Tensor {
  const ratio = tf.square(tf.div(p.scale, q.scale));
  const distance = tf.square(tf.div(tf.sub(p.loc, q.loc), q.scale));
  return tf.mul(tf.sub(tf.sub(tf.add(ratio, distance), 1), tf.log(ratio)), 0.5);
}

function klOfUniform(p: Uniform, q: Uniform): tf.Tensor {
  const divergence = tf.sub(q.entropy(), p.entropy());
  const isOutside = tf.logicalOr(tf.greater(q.low, p.low), tf.less(q.high, p.high));
  return tf.where(isOutside, tf.fill(divergence.shape, Number.POSITIVE_INFINITY), divergence);
}

function klOfExponential(p: Exponential, q: Exponential): tf.Tensor {
  const ratio = tf.div(q.rate, p.rate);
  return tf.sub(tf.sub(ratio, 1), tf.log(ratio));
}

function klOfLaplace(p: Laplace, q: Laplace): tf.Tensor {
  const ratio = tf.div(p.scale, q.scale);
  const distance = tf.abs(tf.sub(p.loc, q.loc));
  const inside = tf.mul(ratio, tf.exp(tf.div(tf.neg(distance), p.scale)));
  return tf.sub(tf.add(tf.sub(tf.div(distance, q.scale), tf.log(ratio)), inside), 1);
}
