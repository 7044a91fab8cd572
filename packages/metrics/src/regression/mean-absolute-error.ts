import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireInteger } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";
import { SumOverCount } from "../base/sum-over-count.js";

export interface MeanAbsoluteErrorOptions {
  /** How many columns are averaged apart from each other; 1 averages everything. @default 1 */
  readonly numOutputs?: number | undefined;
}

function numOutputsOf(owner: string, options: MeanAbsoluteErrorOptions): number {
  rejectUnknownOptions(owner, options, ["numOutputs"]);
  const { numOutputs = 1 } = options;
  requireInteger(owner, "numOutputs", numOutputs, 1);
  return numOutputs;
}

function sumOfDistances(preds: tf.Tensor, target: tf.Tensor, numOutputs: number): tf.Tensor {
  requireSameShape("MeanAbsoluteError", preds, target);
  const distances = tf.abs(tf.sub(asFloats(preds), asFloats(target)));
  return numOutputs === 1 ? tf.sum(distances) : tf.sum(distances, 0);
}

/**
 * The mean of the absolute differences.
 * @param preds any shape; with `numOutputs` above 1, [rows, numOutputs]
 * @param target the same shape
 * @returns a scalar, or [numOutputs]; differentiable
 */
export function meanAbsoluteError(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: MeanAbsoluteErrorOptions = {},
): tf.Tensor {
  const numOutputs = numOutputsOf("meanAbsoluteError", options);
  return tf.div(sumOfDistances(preds, target, numOutputs), preds.size / numOutputs);
}

/**
 * The mean of the absolute differences over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanAbsoluteError } from "@lightning-ts/metrics";
 *
 * const error = new MeanAbsoluteError();
 * error.update(tf.tensor1d([1, 2]), tf.tensor1d([2, 5]));
 * console.log(error.compute().dataSync()[0]); // 2
 * ```
 */
export class MeanAbsoluteError extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  readonly numOutputs: number;

  constructor(options: MeanAbsoluteErrorOptions = {}) {
    const numOutputs = numOutputsOf("MeanAbsoluteError", options);
    super(options, numOutputs === 1 ? [] : [numOutputs]);
    this.numOutputs = numOutputs;
  }

  /** @param preds and `target` are of one shape; with `numOutputs` above 1, [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.add(sumOfDistances(preds, target, this.numOutputs), preds.size / this.numOutputs);
  }
}
