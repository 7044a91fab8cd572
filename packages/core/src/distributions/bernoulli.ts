import { refuseMore } from "../errors/refuse-more.js";
import { tf } from "../tensor/tf.js";
import { asTensor, shapeOf, type Value } from "./broadcast.js";
import { real, unitInterval, zeroOrOne } from "./constraints.js";
import { Distribution } from "./distribution.js";
import { drawUniform } from "./draw.js";
import { PROBABILITY_EPSILON, probsOrLogits, type ProbsOrLogits } from "./probs-or-logits.js";
import { softplus } from "./special.js";

/**
 * 1 with a probability, else 0.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Bernoulli({ probs: 0.25 });
 * law.logProb(tf.scalar(1)).print(); // -1.386, which is log 0.25
 * ```
 */
export class Bernoulli extends Distribution {
  readonly support = zeroOrOne;
  readonly #given: ReturnType<typeof probsOrLogits<Value>>;

  constructor(options: ProbsOrLogits<Value>, ...more: readonly never[]) {
    const given = probsOrLogits("Bernoulli", options);
    super({ batch: shapeOf(given.value) }, { validateArgs: options.validateArgs });
    refuseMore("Bernoulli", more);
    this.#given = given;
    this.requireParameters([[given.name, given.value, given.name === "probs" ? unitInterval : real]]);
  }

  override get hasRsample(): boolean {
    return false;
  }

  get probs(): tf.Tensor {
    const value = asTensor(this.#given.value);
    return this.#given.name === "probs" ? value : tf.sigmoid(value);
  }

  get logits(): tf.Tensor {
    const value = asTensor(this.#given.value);
    if (this.#given.name === "logits") return value;
    const clamped = tf.clipByValue(value, PROBABILITY_EPSILON, 1 - PROBABILITY_EPSILON);
    return tf.sub(tf.log(clamped), tf.log1p(tf.neg(clamped)));
  }

  override get mean(): tf.Tensor {
    return this.probs;
  }

  override get variance(): tf.Tensor {
    return tf.mul(this.probs, tf.sub(1, this.probs));
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    return tf.sub(tf.mul(value, this.logits), softplus(this.logits));
  }

  override entropy(): tf.Tensor {
    return tf.sub(softplus(this.logits), tf.mul(this.probs, this.logits));
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    return tf.cast(tf.less(drawUniform(shape), this.probs), "float32");
  }
}
