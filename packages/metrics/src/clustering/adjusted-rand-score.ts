import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { pairTableOf, type Contingency } from "./contingency.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

const SCORE: LabelScore = { name: "AdjustedRandScore", scoreOf: adjustedRandIndexOf };

/**
 * The share of pairs on which both agree, beyond chance: 1 is best, and chance is 0. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function adjustedRandScore(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return labelScore(SCORE, preds, target);
}

/**
 * The share of pairs on which both agree, beyond chance: 1 is best, and chance is 0, over all batches. Keeps the labels
 * until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { AdjustedRandScore } from "@lightning-ts/metrics";
 *
 * const score = new AdjustedRandScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.5714
 * ```
 */
export class AdjustedRandScore extends LabelMetric {
  override readonly plotLowerBound = -0.5;
  override readonly plotUpperBound = 1;
  constructor(options: NoOptions = {}) {
    refuseOptions("AdjustedRandScore", options);
    super(SCORE, options);
  }
}

function adjustedRandIndexOf(contingency: Contingency): number {
  const { bothTogether: tp, bothApart: tn, onlyTarget: fp, onlyPreds: fn } = pairTableOf(contingency);
  if (fn === 0 && fp === 0) return 1;
  return (2 * (tp * tn - fn * fp)) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn));
}
