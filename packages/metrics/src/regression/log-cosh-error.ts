import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireInteger } from "../base/check-options.js";
import { SumOverCount } from "../base/sum-over-count.js";
import { asColumns, columnsOf, requireColumns, squeezed } from "./columns.js";

export interface LogCoshErrorOptions {
  /** How many columns there are, each with a value of its own. @default 1 */
  readonly numOutputs?: number | undefined;
}

/** log(cosh(x)) as |x| + log(1 + exp(-2|x|)) - log(2), which does not overflow. */
function sumsOfLogCosh(preds: tf.Tensor, target: tf.Tensor, numOutputs: number): tf.Tensor {
  requireColumns("LogCoshError", preds, target, numOutputs);
  const distances = tf.abs(tf.sub(asFloats(asColumns(preds)), asFloats(asColumns(target))));
  const logCosh = tf.sub(tf.add(distances, tf.log1p(tf.exp(tf.mul(distances, -2)))), Math.LN2);
  return squeezed(tf.sum(logCosh, 0));
}

/**
 * The mean of log(cosh(preds - target)): like a squared error near zero, like an absolute one far from it.
 * @param preds [rows], or [rows, columns] for a value of each column
 * @param target the same shape
 * @returns a scalar, or [columns]; differentiable
 */
export function logCoshError(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return tf.div(sumsOfLogCosh(preds, target, columnsOf(preds)), preds.shape[0] ?? 1);
}

/**
 * The mean of log(cosh(preds - target)) over all batches: like a squared error near zero, like an absolute one far
 * from it.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { LogCoshError } from "@lightning-ts/metrics";
 *
 * const error = new LogCoshError();
 * error.update(tf.tensor1d([1, 2]), tf.tensor1d([2, 5]));
 * console.log(error.compute().dataSync()[0]?.toFixed(2)); // 1.37
 * ```
 */
export class LogCoshError extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  readonly numOutputs: number;

  constructor(options: LogCoshErrorOptions = {}) {
    rejectUnknownOptions("LogCoshError", options, ["numOutputs"]);
    const { numOutputs = 1 } = options;
    requireInteger("LogCoshError", "numOutputs", numOutputs, 1);
    super(options, numOutputs === 1 ? [] : [numOutputs]);
    this.numOutputs = numOutputs;
  }

  /** @param preds and `target` are [rows] or [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.add(sumsOfLogCosh(preds, target, this.numOutputs), preds.shape[0] ?? 1);
  }
}
