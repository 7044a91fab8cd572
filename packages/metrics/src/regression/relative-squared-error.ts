import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { requireInteger } from "../base/check-options.js";
import { requireColumns } from "./columns.js";
import { requireTable, squaredSumsOf, totalsOf } from "./squared-sums.js";

export interface RelativeSquaredErrorFormOptions {
  /** False gives the root of it. @default true */
  readonly squared?: boolean | undefined;
}

export interface RelativeSquaredErrorOptions extends RelativeSquaredErrorFormOptions {
  /** How many columns there are; the value is their mean. @default 1 */
  readonly numOutputs?: number | undefined;
}

/** What a variance of nothing is divided by: float32's relative rounding error. */
const EPSILON = 2 ** -23;

function valueOf(batches: tf.Tensor, squared: boolean): tf.Tensor {
  const { squares, sum, errors, count } = totalsOf(batches);
  const variance = tf.sub(squares, tf.div(tf.square(sum), count));
  const relative = tf.div(errors, tf.maximum(variance, EPSILON));
  return tf.mean(squared ? relative : tf.sqrt(relative));
}

/**
 * The sum of squared errors, divided by that of predicting the targets' mean; the mean of all columns.
 * @param preds [rows] or [rows, columns]
 * @param target the same shape
 * @returns a scalar; differentiable
 */
export function relativeSquaredError(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: RelativeSquaredErrorFormOptions = {},
): tf.Tensor {
  rejectUnknownOptions("relativeSquaredError", options, ["squared"]);
  requireTable("RelativeSquaredError", preds, target);
  return valueOf(squaredSumsOf(preds, target), options.squared ?? true);
}

/**
 * The sum of squared errors over all batches, divided by that of predicting the targets' mean; the mean of all
 * columns.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RelativeSquaredError } from "@lightning-ts/metrics";
 *
 * const error = new RelativeSquaredError();
 * error.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(error.compute().dataSync()[0]?.toFixed(4)); // 0.0514
 * ```
 */
export class RelativeSquaredError extends Metric {
  override readonly higherIsBetter = false;
  override readonly fullStateUpdate = false;
  readonly numOutputs: number;
  readonly squared: boolean;
  readonly #sums;

  constructor(options: RelativeSquaredErrorOptions = {}) {
    super(options);
    rejectUnknownOptions("RelativeSquaredError", options, ["numOutputs", "squared"]);
    this.numOutputs = options.numOutputs ?? 1;
    this.squared = options.squared ?? true;
    requireInteger("RelativeSquaredError", "numOutputs", this.numOutputs, 1);
    this.#sums = this.addState("sums", { reduce: "sum", shape: [1, 4, this.numOutputs] });
  }

  /** @param preds and `target` are [rows] or [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    requireColumns("RelativeSquaredError", preds, target, this.numOutputs);
    addTo(this.#sums, squaredSumsOf(preds, target));
  }

  override compute(): tf.Tensor {
    return valueOf(this.#sums, this.squared);
  }
}
