import { MisconfigurationError, tf } from "@lightning-ts/core";
import { requireTensors } from "../base/require-tensors.js";
import { warnOnce } from "../base/warn-once.js";
import { asColumns, columnsOf, requireColumns } from "./columns.js";
import { ranksOf } from "./ranks.js";
import { columnPairs, SamplePairs, type ColumnPair, type SamplePairsOptions } from "./sample-pairs.js";

/** What the spread is divided by at least, as torchmetrics has it. */
const EPSILON = 1e-6;

function requireFloats(preds: tf.Tensor, target: tf.Tensor): void {
  requireTensors("SpearmanCorrCoef", preds, target);
  if (preds.dtype === "float32" && target.dtype === "float32") return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: "SpearmanCorrCoef ranks numbers that may have any value.",
    expected: "float32 predictions and targets",
    received: `${preds.dtype} predictions and ${target.dtype} targets`,
  });
}

/** The correlation of ranks. */
function coefficientOf({ preds, target }: ColumnPair): number {
  const [x, y] = [centred(ranksOf(preds)), centred(ranksOf(target))];
  const spread = Math.sqrt(meanProduct(x, x)) * Math.sqrt(meanProduct(y, y));
  return Math.min(1, Math.max(-1, meanProduct(x, y) / (spread + EPSILON)));
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function meanProduct(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0) / x.length;
}

function valueOf(pairs: readonly ColumnPair[]): tf.Tensor {
  const values = pairs.map(coefficientOf);
  return values.length === 1 ? tf.scalar(values[0] ?? Number.NaN) : tf.tensor1d(values);
}

/**
 * Spearman's rank correlation coefficient, between -1 and 1. Reads all values from the device, to rank them.
 * @param preds [rows], or [rows, columns] for a value of each column; float32
 * @param target the same shape
 * @returns a scalar, or [columns]
 */
export function spearmanCorrcoef(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireFloats(preds, target);
  requireColumns("SpearmanCorrCoef", preds, target, columnsOf(preds));
  return valueOf(columnPairs(asColumns(preds), asColumns(target)));
}

/**
 * Spearman's rank correlation coefficient, between -1 and 1. Keeps all rows of all batches until `compute`, which reads
 * them from the device to rank them; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { SpearmanCorrCoef } from "@lightning-ts/metrics";
 *
 * const correlation = new SpearmanCorrCoef();
 * correlation.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(correlation.compute().dataSync()[0]?.toFixed(3)); // 1.000
 * ```
 */
export class SpearmanCorrCoef extends SamplePairs {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = -1;
  override readonly plotUpperBound = 1;
  constructor(options: SamplePairsOptions = {}) {
    super("SpearmanCorrCoef", options, ["numOutputs"]);
    warnOnce("SpearmanCorrCoef keeps all predictions and targets until it is computed, which needs memory.");
  }

  override update(preds: tf.Tensor, target: tf.Tensor): void {
    requireFloats(preds, target);
    super.update(preds, target);
  }

  override compute(): tf.Tensor {
    return valueOf(this.pairs());
  }
}
