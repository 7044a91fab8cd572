import { tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireSameShape } from "../base/check-shapes.js";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { SumOverCount } from "../base/sum-over-count.js";

function sumOfSquares(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireSameShape("MeanSquaredLogError", preds, target);
  return tf.sum(tf.square(tf.sub(tf.log1p(asFloats(preds)), tf.log1p(asFloats(target)))));
}

/**
 * The mean of the squared differences of log(1 + x); NaN where a value is below -1.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; differentiable
 */
export function meanSquaredLogError(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return tf.div(sumOfSquares(preds, target), preds.size);
}

/**
 * The mean of the squared differences of log(1 + x); NaN where a value is below -1, over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanSquaredLogError } from "@lightning-ts/metrics";
 *
 * const error = new MeanSquaredLogError();
 * error.update(tf.tensor1d([1, 4]), tf.tensor1d([2, 2.5]));
 * console.log(error.compute().dataSync()[0]?.toFixed(3)); // 0.146
 * ```
 */
export class MeanSquaredLogError extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("MeanSquaredLogError", options);
    super(options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.add(sumOfSquares(preds, target), preds.size);
  }
}
