import { tf } from "../tensor/tf.js";
import { drawUniform } from "./draw.js";
import { LocationScale } from "./location-scale.js";

/**
 * The Laplace distribution.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Laplace(0, 1);
 * law.logProb(tf.scalar(0)).print(); // -0.693, which is log(1 / 2)
 * ```
 */
export class Laplace extends LocationScale {
  override get variance(): tf.Tensor {
    return tf.mul(tf.square(this.scale), 2);
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    return tf.sub(tf.neg(tf.log(tf.mul(this.scale, 2))), tf.div(tf.abs(tf.sub(value, this.loc)), this.scale));
  }

  override entropy(): tf.Tensor {
    return tf.add(tf.log(tf.mul(this.scale, 2)), 1);
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    const centred = tf.sub(drawUniform(shape), 0.5);
    // 1 - 2 |u| is at least 2^-23 but for u = -0.5.
    const tail = tf.log(tf.maximum(tf.sub(1, tf.mul(tf.abs(centred), 2)), 2 ** -24));
    return tf.sub(this.loc, tf.mul(this.scale, tf.mul(tf.sign(centred), tail)));
  }
}
