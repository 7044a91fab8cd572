import { tf } from "../tensor/tf.js";
import { drawNormal } from "./draw.js";
import { LocationScale } from "./location-scale.js";

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The normal distribution.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 *
 * const posterior = new distributions.Normal(tf.tensor1d([0, 1]), tf.tensor1d([1, 2]));
 * const z = posterior.rsample([16]); // [16, 2], with gradients to mean and deviation
 * const kl = distributions.klDivergence(posterior, new distributions.Normal(0, 1));
 * console.log(z.shape, posterior.logProb(z).shape, kl.shape); // [16, 2], [16, 2], [2]
 * ```
 */
export class Normal extends LocationScale {
  override get variance(): tf.Tensor {
    return tf.square(this.scale);
  }

  override get stddev(): tf.Tensor {
    return this.scale;
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const distance = tf.div(tf.square(tf.sub(value, this.loc)), tf.mul(this.variance, -2));
    return tf.sub(tf.sub(distance, tf.log(this.scale)), HALF_LOG_TWO_PI);
  }

  override entropy(): tf.Tensor {
    return tf.add(tf.log(this.scale), 0.5 + HALF_LOG_TWO_PI);
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    return tf.add(this.loc, tf.mul(drawNormal(shape), this.scale));
  }
}
