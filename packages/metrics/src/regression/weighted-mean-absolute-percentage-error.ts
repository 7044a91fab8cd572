import { tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireSameShape } from "../base/check-shapes.js";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { SumOverCount } from "../base/sum-over-count.js";

/** The least sum of targets' sizes that is divided by; torchmetrics' value. */
const EPSILON = 1.17e-6;

function sums(preds: tf.Tensor, target: tf.Tensor): { errors: tf.Tensor; sizes: tf.Tensor } {
  requireSameShape("WeightedMeanAbsolutePercentageError", preds, target);
  const wanted = asFloats(target);
  return { errors: tf.sum(tf.abs(tf.sub(asFloats(preds), wanted))), sizes: tf.sum(tf.abs(wanted)) };
}

/**
 * The sum of the absolute differences as a share of the sum of the targets' sizes.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; differentiable
 */
export function weightedMeanAbsolutePercentageError(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const { errors, sizes } = sums(preds, target);
  return tf.div(errors, tf.maximum(sizes, EPSILON));
}

/**
 * The sum of the absolute differences as a share of the sum of the targets' sizes, over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { WeightedMeanAbsolutePercentageError } from "@lightning-ts/metrics";
 *
 * const error = new WeightedMeanAbsolutePercentageError();
 * error.update(tf.tensor1d([1, 4]), tf.tensor1d([2, 3]));
 * console.log(error.compute().dataSync()[0]?.toFixed(1)); // 0.4
 * ```
 */
export class WeightedMeanAbsolutePercentageError extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("WeightedMeanAbsolutePercentageError", options);
    super(options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { errors, sizes } = sums(preds, target);
    this.add(errors, sizes);
  }

  override compute(): tf.Tensor {
    return tf.div(this.sum, tf.maximum(this.count, EPSILON));
  }
}
