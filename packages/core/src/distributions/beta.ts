import { refuseMore } from "../errors/refuse-more.js";
import { tf } from "../tensor/tf.js";
import { broadcastAll, type Value } from "./broadcast.js";
import { positive, unitInterval } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";
import { digamma, lbeta, xlogy } from "./special.js";
import { drawStandardGamma } from "./standard-gamma.js";

/**
 * The beta distribution.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Beta(2, 3);
 * console.log(law.sample([5]).shape); // [5], between 0 and 1
 * law.mean.print(); // 0.4
 * ```
 */
export class Beta extends Distribution {
  readonly support = unitInterval;
  readonly concentration1: tf.Tensor;
  readonly concentration0: tf.Tensor;

  constructor(
    concentration1: Value,
    concentration0: Value,
    options: DistributionOptions = {},
    ...more: readonly never[]
  ) {
    const [ones, zeros] = broadcastAll([concentration1, concentration0] as const);
    super({ batch: ones.shape }, options);
    refuseMore("Beta", more);
    this.concentration1 = ones;
    this.concentration0 = zeros;
    this.requireParameters([
      ["concentration1", concentration1, positive],
      ["concentration0", concentration0, positive],
    ]);
  }

  override get mean(): tf.Tensor {
    return tf.div(this.concentration1, tf.add(this.concentration1, this.concentration0));
  }

  override get variance(): tf.Tensor {
    const total = tf.add(this.concentration1, this.concentration0);
    const product = tf.mul(this.concentration1, this.concentration0);
    return tf.div(product, tf.mul(tf.square(total), tf.add(total, 1)));
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const [a, b] = [this.concentration1, this.concentration0];
    const powers = tf.add(xlogy(tf.sub(a, 1), value), xlogy(tf.sub(b, 1), tf.sub(1, value)));
    return tf.sub(powers, lbeta(a, b));
  }

  override entropy(): tf.Tensor {
    const [a, b] = [this.concentration1, this.concentration0];
    const total = tf.add(a, b);
    const own = tf.add(tf.mul(tf.sub(a, 1), digamma(a)), tf.mul(tf.sub(b, 1), digamma(b)));
    return tf.add(tf.sub(lbeta(a, b), own), tf.mul(tf.sub(total, 2), digamma(total)));
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    const ones = drawStandardGamma(this.concentration1, shape);
    return tf.div(ones, tf.add(ones, drawStandardGamma(this.concentration0, shape)));
  }
}
