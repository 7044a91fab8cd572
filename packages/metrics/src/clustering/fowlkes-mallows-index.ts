import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { pairTableOf, type Contingency } from "./contingency.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

const SCORE: LabelScore = { name: "FowlkesMallowsIndex", scoreOf: fowlkesMallowsOf };

/**
 * The geometric mean of the precision and the recall of pairs of samples; 1 is best. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function fowlkesMallowsIndex(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return labelScore(SCORE, preds, target);
}

/**
 * The geometric mean of the precision and the recall of pairs of samples; 1 is best, over all batches. Keeps the labels
 * until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { FowlkesMallowsIndex } from "@lightning-ts/metrics";
 *
 * const score = new FowlkesMallowsIndex();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.7071
 * ```
 */
export class FowlkesMallowsIndex extends LabelMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: NoOptions = {}) {
    refuseOptions("FowlkesMallowsIndex", options);
    super(SCORE, options);
  }
}

function fowlkesMallowsOf(contingency: Contingency): number {
  const { bothTogether, onlyTarget, onlyPreds } = pairTableOf(contingency);
  if (bothTogether === 0) return 0;
  return bothTogether / Math.sqrt((bothTogether + onlyTarget) * (bothTogether + onlyPreds));
}
