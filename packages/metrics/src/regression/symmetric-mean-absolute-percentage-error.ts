import { tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireSameShape } from "../base/check-shapes.js";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { SumOverCount } from "../base/sum-over-count.js";

/** What pairs near zero are divided by; torchmetrics' value. */
const EPSILON = 1.17e-6;

function sumOfShares(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireSameShape("SymmetricMeanAbsolutePercentageError", preds, target);
  const [found, wanted] = [asFloats(preds), asFloats(target)];
  const sizes = tf.add(tf.abs(found), tf.abs(wanted));
  return tf.mul(tf.sum(tf.div(tf.abs(tf.sub(found, wanted)), tf.maximum(sizes, EPSILON))), 2);
}

/**
 * The mean of the absolute differences as shares of half the sum of both sizes: 0 to 2.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; differentiable
 */
export function symmetricMeanAbsolutePercentageError(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return tf.div(sumOfShares(preds, target), preds.size);
}

/**
 * The mean of the absolute differences as shares of half the sum of both sizes: 0 to 2, over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { SymmetricMeanAbsolutePercentageError } from "@lightning-ts/metrics";
 *
 * const error = new SymmetricMeanAbsolutePercentageError();
 * error.update(tf.tensor1d([1, 4]), tf.tensor1d([2, 2.5]));
 * console.log(error.compute().dataSync()[0]?.toFixed(3)); // 0.564
 * ```
 */
export class SymmetricMeanAbsolutePercentageError extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 2;
  constructor(options: NoOptions = {}) {
    refuseOptions("SymmetricMeanAbsolutePercentageError", options);
    super(options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.add(sumOfShares(preds, target), preds.size);
  }
}
