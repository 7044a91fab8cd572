import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { mutualInformationOf } from "./information.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

const SCORE: LabelScore = { name: "MutualInfoScore", scoreOf: mutualInformationOf };

/**
 * What clusters tell about classes, in nats. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function mutualInfoScore(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return labelScore(SCORE, preds, target);
}

/**
 * What clusters tell about classes, in nats, over all batches. Keeps the labels until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MutualInfoScore } from "@lightning-ts/metrics";
 *
 * const score = new MutualInfoScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.6931
 * ```
 */
export class MutualInfoScore extends LabelMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("MutualInfoScore", options);
    super(SCORE, options);
  }
}
