import type { tf } from "@lightning-ts/core";
import { concordanceOf } from "./correlation.js";
import { CorrelationMetric, correlationOfRows, type CorrCoefOptions } from "./correlation-metric.js";

const FORM = { name: "ConcordanceCorrCoef", valueOf: concordanceOf };

/**
 * Lin's concordance correlation coefficient: how far the predictions are the targets, not only a line of them. NaN,
 * with a warning, where there is no variance, which is read from the device.
 * @param preds [rows], or [rows, columns] for a value of each column
 * @param target the same shape
 * @returns a scalar, or [columns]; differentiable
 */
export function concordanceCorrcoef(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return correlationOfRows(FORM, preds, target);
}

/**
 * Lin's concordance correlation coefficient over all batches: how far the predictions are the targets, not only a line
 * of them. NaN, with a warning in `compute`, where there is no variance. Means and deviations are kept apart, so that
 * values far from zero lose no digits.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { ConcordanceCorrCoef } from "@lightning-ts/metrics";
 *
 * const correlation = new ConcordanceCorrCoef();
 * correlation.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(correlation.compute().dataSync()[0]?.toFixed(3)); // 0.978
 * ```
 */
export class ConcordanceCorrCoef extends CorrelationMetric {
  override readonly higherIsBetter = true;
  constructor(options: CorrCoefOptions = {}) {
    super(FORM, options);
  }
}
