import { rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { requireOneOf } from "../base/check-options.js";
import { ENTROPY_AVERAGES, normalizedInformationOf, type EntropyAverage } from "./information.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

export interface NormalizedMutualInfoScoreOptions {
  /** Which mean of both entropies. @default "arithmetic" */
  readonly averageMethod?: EntropyAverage | undefined;
}

function scoreWith(owner: string, options: NormalizedMutualInfoScoreOptions): LabelScore {
  rejectUnknownOptions(owner, options, ["averageMethod"]);
  const { averageMethod = "arithmetic" } = options;
  requireOneOf(owner, "averageMethod", averageMethod, ENTROPY_AVERAGES);
  return {
    name: "NormalizedMutualInfoScore",
    scoreOf: (contingency) => normalizedInformationOf(contingency, averageMethod),
  };
}

/**
 * What clusters tell about classes, as a share of the mean of both entropies; 1 is best. Reads the labels from the
 * device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function normalizedMutualInfoScore(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: NormalizedMutualInfoScoreOptions = {},
): tf.Tensor {
  return labelScore(scoreWith("normalizedMutualInfoScore", options), preds, target);
}

/**
 * What clusters tell about classes, as a share of the mean of both entropies; 1 is best, over all batches. Keeps the
 * labels until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { NormalizedMutualInfoScore } from "@lightning-ts/metrics";
 *
 * const score = new NormalizedMutualInfoScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.8000
 * ```
 */
export class NormalizedMutualInfoScore extends LabelMetric {
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: NormalizedMutualInfoScoreOptions = {}) {
    super(scoreWith("NormalizedMutualInfoScore", options), options);
  }
}
