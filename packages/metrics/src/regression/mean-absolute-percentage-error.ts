import { tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireSameShape } from "../base/check-shapes.js";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { SumOverCount } from "../base/sum-over-count.js";

/** What targets near zero are divided by; torchmetrics' value. */
const EPSILON = 1.17e-6;

function sumOfShares(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireSameShape("MeanAbsolutePercentageError", preds, target);
  const wanted = asFloats(target);
  return tf.sum(tf.div(tf.abs(tf.sub(asFloats(preds), wanted)), tf.maximum(tf.abs(wanted), EPSILON)));
}

/**
 * The mean of the absolute differences as shares of the targets' sizes, 1 for 100 %.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; differentiable
 */
export function meanAbsolutePercentageError(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return tf.div(sumOfShares(preds, target), preds.size);
}

/**
 * The mean of the absolute differences as shares of the targets' sizes, 1 for 100 %, over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanAbsolutePercentageError } from "@lightning-ts/metrics";
 *
 * const error = new MeanAbsolutePercentageError();
 * error.update(tf.tensor1d([1, 4]), tf.tensor1d([2, 2.5]));
 * console.log(error.compute().dataSync()[0]?.toFixed(3)); // 0.550
 * ```
 */
export class MeanAbsolutePercentageError extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("MeanAbsolutePercentageError", options);
    super(options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.add(sumOfShares(preds, target), preds.size);
  }
}
