import { refuseMore } from "../errors/refuse-more.js";
import { ShapeError } from "../errors/shape-error.js";
import { tf } from "../tensor/tf.js";
import { commonShape, broadcastTo } from "./broadcast.js";
import { classIndex, type Constraint, proportions, real } from "./constraints.js";
import { Distribution } from "./distribution.js";
import { drawUniform } from "./draw.js";
import { PROBABILITY_EPSILON, probsOrLogits, type ProbsOrLogits } from "./probs-or-logits.js";

const LOWEST = -3.4028234663852886e38;

/**
 * A class from 0 on, with probabilities (or their logarithms, up to a constant) in the last dimension.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Categorical({ logits: tf.zeros([2, 4]) });
 * console.log(law.sample([3]).shape); // [3, 2]: class numbers for each of the two rows
 * law.entropy().print(); // log 4, twice
 * ```
 */
export class Categorical extends Distribution {
  /** Normalized. */
  readonly probs: tf.Tensor;
  readonly logits: tf.Tensor;
  readonly support: Constraint;
  readonly #count: number;

  constructor(options: ProbsOrLogits<tf.Tensor>, ...more: readonly never[]) {
    const { name, value } = probsOrLogits("Categorical", options);
    const count = value.shape.at(-1);
    if (count === undefined)
      throw new ShapeError({
        message: `Categorical's ${name} have no dimension.`,
        expected: "a tensor of at least one dimension",
        received: "a scalar",
        shapes: [value.shape],
      });
    super({ batch: value.shape.slice(0, -1) }, { validateArgs: options.validateArgs });
    refuseMore("Categorical", more);
    this.#count = count;
    this.support = classIndex(count);
    this.requireParameters([[name, value, name === "probs" ? proportions : real]]);
    if (name === "logits") {
      this.logits = tf.sub(value, tf.logSumExp(value, -1, true));
      this.probs = tf.softmax(value);
      return;
    }
    this.probs = tf.div(value, tf.sum(value, -1, true));
    this.logits = tf.log(tf.clipByValue(this.probs, PROBABILITY_EPSILON, 1 - PROBABILITY_EPSILON));
  }

  override get hasRsample(): boolean {
    return false;
  }

  /** NaN: classes have no mean. */
  override get mean(): tf.Tensor {
    return tf.fill([...this.batchShape], Number.NaN);
  }

  override get variance(): tf.Tensor {
    return this.mean;
  }

  /** @param value whole numbers, as int32 or float32 */
  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const shape = commonShape([value.shape, this.batchShape]);
    const chosen = tf.oneHot(tf.cast(broadcastTo(value, shape), "int32"), this.#count);
    // A class that nobody chose may have a logarithm of -Infinity, which times 0 is NaN.
    const logits = tf.maximum(broadcastTo(this.logits, [...shape, this.#count]), LOWEST);
    return tf.sum(tf.mul(chosen, logits), -1);
  }

  override entropy(): tf.Tensor {
    return tf.neg(tf.sum(tf.mul(this.probs, tf.maximum(this.logits, LOWEST)), -1));
  }

  /** int32 */
  protected override draw(shape: readonly number[]): tf.Tensor {
    const bounds = tf.cumsum(this.probs, this.batchShape.length);
    const total = tf.slice(bounds, [...this.batchShape.map(() => 0), this.#count - 1], [...this.batchShape, 1]);
    // A little below the total, so that rounding never reaches a last class without probability.
    const position = tf.mul(tf.mul(drawUniform([...shape, 1]), 1 - 2 ** -22), total);
    return tf.cast(tf.sum(tf.cast(tf.greaterEqual(position, bounds), "int32"), -1), "int32");
  }
}
