import { refuseMore } from "../errors/refuse-more.js";
import { tf } from "../tensor/tf.js";
import { broadcastAll, type Value } from "./broadcast.js";
import { nonnegative, positive } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";
import { digamma, lgamma, xlogy } from "./special.js";
import { drawStandardGamma } from "./standard-gamma.js";

/**
 * The gamma distribution.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Gamma(2, 4);
 * law.mean.print(); // 0.5
 * console.log(law.rsample([5]).shape); // [5], with gradients to both parameters
 * ```
 */
export class Gamma extends Distribution {
  readonly support = nonnegative;
  readonly concentration: tf.Tensor;
  readonly rate: tf.Tensor;

  constructor(concentration: Value, rate: Value, options: DistributionOptions = {}, ...more: readonly never[]) {
    const [allConcentration, allRate] = broadcastAll([concentration, rate] as const);
    super({ batch: allRate.shape }, options);
    refuseMore("Gamma", more);
    this.concentration = allConcentration;
    this.rate = allRate;
    this.requireParameters([
      ["concentration", concentration, positive],
      ["rate", rate, positive],
    ]);
  }

  override get mean(): tf.Tensor {
    return tf.div(this.concentration, this.rate);
  }

  override get variance(): tf.Tensor {
    return tf.div(this.concentration, tf.square(this.rate));
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const { concentration, rate } = this;
    const scaled = tf.add(xlogy(concentration, rate), xlogy(tf.sub(concentration, 1), value));
    return tf.sub(tf.sub(scaled, tf.mul(rate, value)), lgamma(concentration));
  }

  override entropy(): tf.Tensor {
    const { concentration, rate } = this;
    const main = tf.add(tf.sub(concentration, tf.log(rate)), lgamma(concentration));
    return tf.add(main, tf.mul(tf.sub(1, concentration), digamma(concentration)));
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    return tf.div(drawStandardGamma(this.concentration, shape), this.rate);
  }
}
