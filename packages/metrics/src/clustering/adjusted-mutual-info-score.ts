import { rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { requireOneOf } from "../base/check-options.js";
import { ENTROPY_AVERAGES, adjustedInformationOf, type EntropyAverage } from "./information.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

export interface AdjustedMutualInfoScoreOptions {
  /** Which mean of both entropies. @default "arithmetic" */
  readonly averageMethod?: EntropyAverage | undefined;
}

function scoreWith(owner: string, options: AdjustedMutualInfoScoreOptions): LabelScore {
  rejectUnknownOptions(owner, options, ["averageMethod"]);
  const { averageMethod = "arithmetic" } = options;
  requireOneOf(owner, "averageMethod", averageMethod, ENTROPY_AVERAGES);
  return {
    name: "AdjustedMutualInfoScore",
    scoreOf: (contingency) => adjustedInformationOf(contingency, averageMethod),
  };
}

/**
 * What clusters tell about classes beyond chance: 1 is best, and chance is 0. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function adjustedMutualInfoScore(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: AdjustedMutualInfoScoreOptions = {},
): tf.Tensor {
  return labelScore(scoreWith("adjustedMutualInfoScore", options), preds, target);
}

/**
 * What clusters tell about classes beyond chance: 1 is best, and chance is 0, over all batches. Keeps the labels until
 * `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { AdjustedMutualInfoScore } from "@lightning-ts/metrics";
 *
 * const score = new AdjustedMutualInfoScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.5714
 * ```
 */
export class AdjustedMutualInfoScore extends LabelMetric {
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: AdjustedMutualInfoScoreOptions = {}) {
    super(scoreWith("AdjustedMutualInfoScore", options), options);
  }
}
