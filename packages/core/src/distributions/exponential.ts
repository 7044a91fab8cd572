import { refuseMore } from "../errors/refuse-more.js";
import { tf } from "../tensor/tf.js";
import { asTensor, shapeOf, type Value } from "./broadcast.js";
import { nonnegative, positive } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";
import { drawUniform } from "./draw.js";

/**
 * The exponential distribution.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Exponential(2);
 * law.mean.print(); // 0.5
 * law.logProb(tf.scalar(0)).print(); // 0.693, which is log 2
 * ```
 */
export class Exponential extends Distribution {
  readonly support = nonnegative;
  readonly rate: tf.Tensor;

  constructor(rate: Value, options: DistributionOptions = {}, ...more: readonly never[]) {
    super({ batch: shapeOf(rate) }, options);
    refuseMore("Exponential", more);
    this.rate = asTensor(rate);
    this.requireParameters([["rate", rate, positive]]);
  }

  override get mean(): tf.Tensor {
    return tf.reciprocal(this.rate);
  }

  override get variance(): tf.Tensor {
    return tf.reciprocal(tf.square(this.rate));
  }

  override get stddev(): tf.Tensor {
    return this.mean;
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    return tf.sub(tf.log(this.rate), tf.mul(this.rate, value));
  }

  override entropy(): tf.Tensor {
    return tf.sub(1, tf.log(this.rate));
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    return tf.div(tf.neg(tf.log1p(tf.neg(drawUniform(shape)))), this.rate);
  }
}
