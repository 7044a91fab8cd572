import type { tf } from "@lightning-ts/core";
import type { NoOptions } from "../base/no-options.js";
import { errorRate, ErrorRateMetric, type ErrorRate } from "./error-counts.js";
import { wordsOf, type Sentences } from "./words.js";

const RATE: ErrorRate = {
  name: "MatchErrorRate",
  tokensOf: wordsOf,
  countOf: (prediction, target) => Math.max(prediction.length, target.length),
};

/**
 * Words that are wrong, missing or too many, as a share of the words of the longer sentence;
 * 0 is best. NaN without any.
 */
export function matchErrorRate(preds: Sentences, target: Sentences): tf.Tensor {
  return errorRate(RATE, preds, target);
}

/**
 * Words that are wrong, missing or too many, as a share of the words of the longer sentence,
 * over all batches; 0 is best.
 * @example
 * ```ts
 * import { MatchErrorRate } from "@lightning-ts/metrics";
 *
 * const rate = new MatchErrorRate();
 * rate.update(["this is the prediction"], ["this is the reference"]);
 * console.log(rate.compute().dataSync()[0]?.toFixed(3)); // 0.250
 * ```
 */
export class MatchErrorRate extends ErrorRateMetric {
  constructor(options: NoOptions = {}) {
    super(RATE, options);
  }
}
