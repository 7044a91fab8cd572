import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { pairTableOf, type Contingency } from "./contingency.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

const SCORE: LabelScore = { name: "RandScore", scoreOf: randIndexOf };

/**
 * The share of pairs of samples that are together in both, or apart in both; 1 is best. Reads the labels from the
 * device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function randScore(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return labelScore(SCORE, preds, target);
}

/**
 * The share of pairs of samples that are together in both, or apart in both; 1 is best, over all batches. Keeps the
 * labels until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RandScore } from "@lightning-ts/metrics";
 *
 * const score = new RandScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.8333
 * ```
 */
export class RandScore extends LabelMetric {
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("RandScore", options);
    super(SCORE, options);
  }
}

function randIndexOf(contingency: Contingency): number {
  const { bothTogether, bothApart, onlyTarget, onlyPreds } = pairTableOf(contingency);
  const alike = bothTogether + bothApart;
  const all = alike + onlyTarget + onlyPreds;
  return all === 0 ? 1 : alike / all;
}
