import { refuseMore } from "../errors/refuse-more.js";
import { requireTensor } from "./broadcast.js";
import { ShapeError } from "../errors/shape-error.js";
import { tf } from "../tensor/tf.js";
import { positive, simplex } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";
import { digamma, lgamma, xlogy } from "./special.js";
import { drawStandardGamma } from "./standard-gamma.js";

/**
 * The Dirichlet distribution over the last dimension of its concentration.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Dirichlet(tf.tensor1d([1, 2, 3]));
 * console.log(law.sample([4]).shape); // [4, 3]; each row adds up to 1
 * ```
 */
export class Dirichlet extends Distribution {
  readonly support = simplex;
  readonly concentration: tf.Tensor;

  constructor(concentration: tf.Tensor, options: DistributionOptions = {}, ...more: readonly never[]) {
    requireTensor(concentration);
    if (concentration.rank < 1)
      throw new ShapeError({
        message: "Dirichlet's concentration has no dimension.",
        expected: "a tensor of at least one dimension",
        received: "a scalar",
        shapes: [concentration.shape],
      });
    super({ batch: concentration.shape.slice(0, -1), event: concentration.shape.slice(-1) }, options);
    refuseMore("Dirichlet", more);
    this.concentration = concentration;
    this.requireParameters([["concentration", concentration, positive]]);
  }

  override get mean(): tf.Tensor {
    return tf.div(this.concentration, tf.sum(this.concentration, -1, true));
  }

  override get variance(): tf.Tensor {
    const total = tf.sum(this.concentration, -1, true);
    const rest = tf.mul(this.concentration, tf.sub(total, this.concentration));
    return tf.div(rest, tf.mul(tf.square(total), tf.add(total, 1)));
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const powers = tf.sum(xlogy(tf.sub(this.concentration, 1), value), -1);
    return tf.sub(powers, logNormalizer(this.concentration));
  }

  override entropy(): tf.Tensor {
    const { concentration } = this;
    const width = concentration.shape.at(-1) ?? 1;
    const total = tf.sum(concentration, -1);
    const own = tf.sum(tf.mul(tf.sub(concentration, 1), digamma(concentration)), -1);
    return tf.sub(tf.sub(logNormalizer(concentration), tf.mul(tf.sub(width, total), digamma(total))), own);
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    const parts = drawStandardGamma(this.concentration, [...shape, ...this.eventShape]);
    return tf.div(parts, tf.sum(parts, -1, true));
  }
}

/** The logarithm of the multivariate beta function. */
function logNormalizer(concentration: tf.Tensor): tf.Tensor {
  return tf.sub(tf.sum(lgamma(concentration), -1), lgamma(tf.sum(concentration, -1)));
}
