import { refuseMore } from "../errors/refuse-more.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { broadcastAll, type Value } from "./broadcast.js";
import { type Constraint, real } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";
import { drawUniform } from "./draw.js";

/**
 * The uniform distribution in [low, high).
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Uniform(0, 4);
 * law.logProb(tf.scalar(1)).print(); // -1.386, which is log(1 / 4)
 * ```
 */
export class Uniform extends Distribution {
  readonly low: tf.Tensor;
  readonly high: tf.Tensor;

  constructor(low: Value, high: Value, options: DistributionOptions = {}, ...more: readonly never[]) {
    const [allLow, allHigh] = broadcastAll([low, high] as const);
    super({ batch: allLow.shape }, options);
    refuseMore("Uniform", more);
    this.low = allLow;
    this.high = allHigh;
    if (!this.isValidated) return;
    const lows = allLow.dataSync();
    if (!allHigh.dataSync().every((value, i) => value > (lows[i] ?? Number.NaN)))
      throw new MisconfigurationError({
        code: "LIT_DISTRIBUTION",
        message: "Uniform is not defined when low is not below high.",
        expected: "high above low, element by element",
        received: `low ${lows.slice(0, 6).join(", ")}, high ${allHigh.dataSync().slice(0, 6).join(", ")}`,
      });
  }

  /** Between the least low and the greatest high. */
  override get support(): Constraint {
    const { low, high } = this;
    const [least, most] = [Math.min(...low.dataSync()), Math.max(...high.dataSync())];
    return {
      description: `numbers from ${least} to ${most}`,
      holds: (values, width) =>
        real.holds(values, width) &&
        Array.prototype.every.call(values, (value: number) => value >= least && value <= most),
    };
  }

  override get mean(): tf.Tensor {
    return tf.div(tf.add(this.high, this.low), 2);
  }

  override get variance(): tf.Tensor {
    return tf.div(tf.square(tf.sub(this.high, this.low)), 12);
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const isInside = tf.logicalAnd(tf.lessEqual(this.low, value), tf.greater(this.high, value));
    return tf.sub(tf.log(tf.cast(isInside, "float32")), this.entropy());
  }

  override entropy(): tf.Tensor {
    return tf.log(tf.sub(this.high, this.low));
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    return tf.add(this.low, tf.mul(drawUniform(shape), tf.sub(this.high, this.low)));
  }
}
