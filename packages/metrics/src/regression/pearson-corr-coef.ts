import type { tf } from "@lightning-ts/core";
import { correlationOf } from "./correlation.js";
import { CorrelationMetric, correlationOfRows, type CorrCoefOptions } from "./correlation-metric.js";

const FORM = { name: "PearsonCorrCoef", valueOf: correlationOf };

/**
 * Pearson's correlation coefficient, between -1 and 1. NaN, with a warning, where there is no variance,
 * which is read from the device.
 * @param preds [rows], or [rows, columns] for a value of each column
 * @param target the same shape
 * @returns a scalar, or [columns]; differentiable
 */
export function pearsonCorrcoef(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return correlationOfRows(FORM, preds, target);
}

/**
 * Pearson's correlation coefficient, between -1 and 1. Over all batches; NaN, with a warning in `compute`,
 * where there is no variance. Means and deviations are kept apart, so that values far from zero lose no digits.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { PearsonCorrCoef } from "@lightning-ts/metrics";
 *
 * const correlation = new PearsonCorrCoef();
 * correlation.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(correlation.compute().dataSync()[0]?.toFixed(3)); // 0.985
 * ```
 */
export class PearsonCorrCoef extends CorrelationMetric {
  constructor(options: CorrCoefOptions = {}) {
    super(FORM, options);
  }
}
