import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { vMeasuresOf } from "./information.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

const SCORE: LabelScore = {
  name: "HomogeneityScore",
  scoreOf: (contingency) => vMeasuresOf(contingency, 1).homogeneity,
};

/**
 * Whether each cluster holds samples of one class; 1 is best. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function homogeneityScore(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return labelScore(SCORE, preds, target);
}

/**
 * Whether each cluster holds samples of one class; 1 is best, over all batches. Keeps the labels until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { HomogeneityScore } from "@lightning-ts/metrics";
 *
 * const score = new HomogeneityScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 1.0000
 * ```
 */
export class HomogeneityScore extends LabelMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: NoOptions = {}) {
    refuseOptions("HomogeneityScore", options);
    super(SCORE, options);
  }
}
