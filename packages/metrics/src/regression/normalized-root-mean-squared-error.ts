import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { asFloats } from "../base/as-floats.js";
import { requireInteger, requireOneOf } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";
import { squeezed } from "./columns.js";
import { mergeSpreads, SPREAD_ROWS, spreadOf, unpackSpread, type Spread } from "./spread.js";

export type ErrorNormalization = "mean" | "range" | "std" | "l2";

export interface NormalizedRootMeanSquaredErrorOptions {
  /** What of the targets the error is divided by. @default "mean" */
  readonly normalization?: ErrorNormalization | undefined;
  /** How many columns are looked at apart from each other; 1 takes all elements together. @default 1 */
  readonly numOutputs?: number | undefined;
}

const NAME = "NormalizedRootMeanSquaredError";
const NORMALIZATIONS: readonly ErrorNormalization[] = ["mean", "range", "std", "l2"];

function resolved(owner: string, options: NormalizedRootMeanSquaredErrorOptions) {
  rejectUnknownOptions(owner, options, ["normalization", "numOutputs"]);
  const { normalization = "mean", numOutputs = 1 } = options;
  requireOneOf(owner, "normalization", normalization, NORMALIZATIONS);
  requireInteger(owner, "numOutputs", numOutputs, 1);
  return { normalization, numOutputs };
}

/** @returns sums of squares [numOutputs], and the targets as [rows, numOutputs] */
function measured(preds: tf.Tensor, target: tf.Tensor, numOutputs: number) {
  requireSameShape(NAME, preds, target);
  const columns = (x: tf.Tensor): tf.Tensor2D => tf.reshape(asFloats(x), [-1, numOutputs]);
  const wanted = columns(target);
  return { squares: tf.sum(tf.square(tf.sub(columns(preds), wanted)), 0), target: wanted };
}

function scaled(squares: tf.Tensor, spread: Spread, normalization: ErrorNormalization): tf.Tensor {
  return squeezed(tf.div(tf.sqrt(tf.div(squares, spread.count)), scaleOf(spread, normalization)));
}

function scaleOf(spread: Spread, normalization: ErrorNormalization): tf.Tensor {
  switch (normalization) {
    case "mean":
      return spread.mean;
    case "range":
      return tf.sub(spread.most, spread.least);
    case "std":
      return tf.sqrt(tf.div(spread.deviations, spread.count));
    case "l2":
      return tf.sqrt(spread.squares);
    default:
      return normalization satisfies never;
  }
}

/**
 * The root of the mean squared error, divided by the mean, range, standard deviation or length of the targets.
 * @param preds any shape; with `numOutputs` above 1, [rows, numOutputs]
 * @param target the same shape
 * @returns a scalar, or [numOutputs]; differentiable
 */
export function normalizedRootMeanSquaredError(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: NormalizedRootMeanSquaredErrorOptions = {},
): tf.Tensor {
  const { normalization, numOutputs } = resolved("normalizedRootMeanSquaredError", options);
  const batch = measured(preds, target, numOutputs);
  return scaled(batch.squares, unpackSpread(spreadOf(batch.target)), normalization);
}

/**
 * The root of the mean squared error over all batches, divided by the mean, range, standard deviation or length of the
 * targets.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { NormalizedRootMeanSquaredError } from "@lightning-ts/metrics";
 *
 * const error = new NormalizedRootMeanSquaredError({ normalization: "range" });
 * error.update(tf.tensor1d([0, 1, 2, 3]), tf.tensor1d([0, 1, 2, 2]));
 * console.log(error.compute().dataSync()[0]); // 0.25
 * ```
 */
export class NormalizedRootMeanSquaredError extends Metric {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly fullStateUpdate = false;
  readonly normalization: ErrorNormalization;
  readonly numOutputs: number;
  readonly #squares;
  readonly #spread;

  constructor(options: NormalizedRootMeanSquaredErrorOptions = {}) {
    super(options);
    const { normalization, numOutputs } = resolved(NAME, options);
    this.normalization = normalization;
    this.numOutputs = numOutputs;
    this.#squares = this.addState("squares", { reduce: "sum", shape: [numOutputs] });
    this.#spread = this.addState("spread", { reduce: mergeSpreads, shape: [SPREAD_ROWS, numOutputs] });
  }

  /** @param preds and `target` are of one shape; with `numOutputs` above 1, [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const batch = measured(preds, target, this.numOutputs);
    addTo(this.#squares, batch.squares);
    this.#spread.assign(mergeSpreads(tf.stack([this.#spread, spreadOf(batch.target)])));
  }

  override compute(): tf.Tensor {
    return scaled(this.#squares, unpackSpread(this.#spread), this.normalization);
  }
}
