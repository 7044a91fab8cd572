import { rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { refusedOption } from "../base/check-options.js";
import { vMeasuresOf } from "./information.js";
import { labelScore, LabelMetric, type LabelScore } from "./labels.js";

export interface VMeasureScoreOptions {
  /** How much more completeness weighs than homogeneity. @default 1 */
  readonly beta?: number | undefined;
}

function scoreWith(owner: string, options: VMeasureScoreOptions): LabelScore {
  rejectUnknownOptions(owner, options, ["beta"]);
  const { beta = 1 } = options;
  if (!(beta >= 0)) throw refusedOption(owner, "beta", beta, "a number of at least 0");
  return { name: "VMeasureScore", scoreOf: (contingency) => vMeasuresOf(contingency, beta).vMeasure };
}

/**
 * The harmonic mean of homogeneity and completeness; 1 is best. Reads the labels from the device.
 * @param preds int32 [samples]
 * @param target the same shape
 */
export function vMeasureScore(preds: tf.Tensor, target: tf.Tensor, options: VMeasureScoreOptions = {}): tf.Tensor {
  return labelScore(scoreWith("vMeasureScore", options), preds, target);
}

/**
 * The harmonic mean of homogeneity and completeness; 1 is best, over all batches. Keeps the labels until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { VMeasureScore } from "@lightning-ts/metrics";
 *
 * const score = new VMeasureScore();
 * score.update(tf.tensor1d([0, 0, 1, 2], "int32"), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.8000
 * ```
 */
export class VMeasureScore extends LabelMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: VMeasureScoreOptions = {}) {
    super(scoreWith("VMeasureScore", options), options);
  }
}
