import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireSameShape } from "../base/check-shapes.js";
import { averaged, requireMultioutput, type Multioutput } from "./multioutput.js";
import { partsOf } from "../base/parts-of.js";

export interface ExplainedVarianceOptions {
  /** @default "uniform_average" */
  readonly multioutput?: Multioutput | undefined;
}

function multioutputOf(owner: string, options: ExplainedVarianceOptions): Multioutput {
  rejectUnknownOptions(owner, options, ["multioutput"]);
  const { multioutput = "uniform_average" } = options;
  requireMultioutput(owner, multioutput);
  return multioutput;
}

/** Sums of a batch: errors and targets, each with their squares, and the number of rows. [1, 5, ...columns] */
function sumsOf(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireSameShape("ExplainedVariance", preds, target);
  const wanted = asFloats(target);
  const errors = tf.sub(wanted, asFloats(preds));
  const rows = tf.fill(wanted.shape.slice(1), wanted.shape[0] ?? 1);
  const sums = [errors, tf.square(errors), wanted, tf.square(wanted)].map((x) => tf.sum(x, 0));
  return tf.expandDims(tf.stack([...sums, rows]), 0);
}

/** @param batches [batches, 5, ...columns] */
function valueOf(batches: tf.Tensor, multioutput: Multioutput): tf.Tensor {
  const part = partsOf(tf.sum(batches, 0));
  const [errors, squaredErrors, targets, squaredTargets, rows] = [part(0), part(1), part(2), part(3), part(4)];
  const variance = (sum: tf.Tensor, squares: tf.Tensor): tf.Tensor =>
    tf.sub(tf.div(squares, rows), tf.square(tf.div(sum, rows)));
  const [ofErrors, ofTargets] = [variance(errors, squaredErrors), variance(targets, squaredTargets)];
  const hasErrors = tf.notEqual(ofErrors, 0);
  const withErrors = tf.where(
    tf.notEqual(ofTargets, 0),
    tf.sub(1, tf.div(ofErrors, ofTargets)),
    tf.zerosLike(ofErrors),
  );
  return averaged(tf.where(hasErrors, withErrors, tf.onesLike(ofErrors)), ofTargets, multioutput);
}

/**
 * The share of the targets' variance that the predictions explain, a constant error aside; at most 1.
 * @param preds [rows, ...columns]
 * @param target the same shape
 * @returns a scalar, or [...columns] for `multioutput: "raw_values"`; differentiable
 */
export function explainedVariance(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: ExplainedVarianceOptions = {},
): tf.Tensor {
  const multioutput = multioutputOf("explainedVariance", options);
  return valueOf(sumsOf(preds, target), multioutput);
}

/**
 * The share of the targets' variance over all batches that the predictions explain, a constant error aside; at most 1.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { ExplainedVariance } from "@lightning-ts/metrics";
 *
 * const score = new ExplainedVariance();
 * score.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.9572
 * ```
 */
export class ExplainedVariance extends Metric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  override readonly fullStateUpdate = false;
  readonly multioutput: Multioutput;
  /** [5, ...columns] of each batch: how many columns there are is not known before. */
  readonly #sums = this.addListState("sums");

  constructor(options: ExplainedVarianceOptions = {}) {
    super(options);
    this.multioutput = multioutputOf("ExplainedVariance", options);
  }

  /** @param preds and `target` are [rows, ...columns], of as many columns in each batch */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.#sums.push(sumsOf(preds, target));
  }

  override compute(): tf.Tensor {
    const all = this.#sums.concat();
    return all === undefined ? tf.scalar(Number.NaN) : valueOf(all, this.multioutput);
  }
}
