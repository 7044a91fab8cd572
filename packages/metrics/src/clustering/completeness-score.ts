import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { vMeasuresOf } from "./information.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

const SCORE: LabelScore = {
  name: "CompletenessScore",
  scoreOf: (contingency) => vMeasuresOf(contingency, 1).completeness,
};

/**
 * Whether the samples of each class lie in one cluster; 1 is best. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function completenessScore(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return labelScore(SCORE, preds, target);
}

/**
 * Whether the samples of each class lie in one cluster; 1 is best, over all batches. Keeps the labels until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { CompletenessScore } from "@lightning-ts/metrics";
 *
 * const score = new CompletenessScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.6667
 * ```
 */
export class CompletenessScore extends LabelMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: NoOptions = {}) {
    refuseOptions("CompletenessScore", options);
    super(SCORE, options);
  }
}
