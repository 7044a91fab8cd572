import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { requireSameShape } from "../base/check-shapes.js";

export interface MeanSquaredErrorOptions {
  /** False gives the root of it. @default true */
  readonly squared?: boolean | undefined;
  /** How many columns are averaged apart from each other; 1 averages everything. @default 1 */
  readonly numOutputs?: number | undefined;
}

const OPTIONS = ["squared", "numOutputs"];

/** The sum of squared differences, over all rows of each output. */
function sumOfSquares(preds: tf.Tensor, target: tf.Tensor, numOutputs: number): tf.Tensor {
  requireSameShape("MeanSquaredError", preds, target);
  const squares = tf.square(tf.sub(preds, target));
  return numOutputs === 1 ? tf.sum(squares) : tf.sum(squares, 0);
}

function meanOf(sum: tf.Tensor, count: tf.Tensor | number, squared: boolean): tf.Tensor {
  const mean = tf.div(sum, count);
  return squared ? mean : tf.sqrt(mean);
}

/**
 * The mean of the squared differences.
 * @param preds any shape; with `numOutputs` above 1, [rows, numOutputs]
 * @param target the same shape
 * @returns a scalar, or [numOutputs]; differentiable
 */
export function meanSquaredError(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: MeanSquaredErrorOptions = {},
): tf.Tensor {
  rejectUnknownOptions("meanSquaredError", options, OPTIONS);
  const { squared = true, numOutputs = 1 } = options;
  return meanOf(sumOfSquares(preds, target, numOutputs), preds.size / numOutputs, squared);
}

/**
 * The mean of the squared differences over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanSquaredError } from "@lightning-ts/metrics";
 *
 * const error = new MeanSquaredError();
 * error.update(tf.tensor1d([1, 2]), tf.tensor1d([1, 4]));
 * console.log(error.compute().dataSync()[0]); // 2
 * ```
 */
export class MeanSquaredError extends Metric {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly fullStateUpdate = false;
  readonly squared: boolean;
  readonly numOutputs: number;
  readonly #sum;
  readonly #count = this.addState("total", { reduce: "sum" });

  constructor(options: MeanSquaredErrorOptions = {}) {
    super(options);
    rejectUnknownOptions("MeanSquaredError", options, OPTIONS);
    this.squared = options.squared ?? true;
    this.numOutputs = options.numOutputs ?? 1;
    this.#sum = this.addState("sumSquaredError", {
      reduce: "sum",
      shape: this.numOutputs === 1 ? [] : [this.numOutputs],
    });
  }

  /** @param preds and `target` are of one shape; with `numOutputs` above 1, [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    addTo(this.#sum, sumOfSquares(preds, target, this.numOutputs));
    addTo(this.#count, preds.size / this.numOutputs);
  }

  override compute(): tf.Tensor {
    return meanOf(this.#sum, this.#count, this.squared);
  }
}
