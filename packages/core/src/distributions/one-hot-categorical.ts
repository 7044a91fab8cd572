import { refuseMore } from "../errors/refuse-more.js";
import { tf } from "../tensor/tf.js";
import { Categorical } from "./categorical.js";
import { oneHot } from "./constraints.js";
import { Distribution } from "./distribution.js";
import { probsOrLogits, type ProbsOrLogits } from "./probs-or-logits.js";

/**
 * A class as a row of zeros and one 1.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.OneHotCategorical({ probs: tf.tensor1d([0.5, 0.25, 0.25]) });
 * console.log(law.sample([3]).shape); // [3, 3]; each row has a single 1
 * ```
 */
export class OneHotCategorical extends Distribution {
  readonly support = oneHot;
  readonly categorical: Categorical;

  constructor(options: ProbsOrLogits<tf.Tensor>, ...more: readonly never[]) {
    void probsOrLogits("OneHotCategorical", options);
    const categorical = new Categorical(options);
    super(
      { batch: categorical.batchShape, event: categorical.probs.shape.slice(-1) },
      { validateArgs: options.validateArgs },
    );
    refuseMore("OneHotCategorical", more);
    this.categorical = categorical;
  }

  override get hasRsample(): boolean {
    return false;
  }

  get probs(): tf.Tensor {
    return this.categorical.probs;
  }

  get logits(): tf.Tensor {
    return this.categorical.logits;
  }

  override get mean(): tf.Tensor {
    return this.probs;
  }

  override get variance(): tf.Tensor {
    return tf.mul(this.probs, tf.sub(1, this.probs));
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    return this.categorical.logProb(tf.argMax(value, -1));
  }

  override entropy(): tf.Tensor {
    return this.categorical.entropy();
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    const leading = shape.slice(0, shape.length - this.batchShape.length);
    return tf.cast(tf.oneHot(tf.cast(this.categorical.sample(leading), "int32"), this.eventShape[0] ?? 1), "float32");
  }
}
