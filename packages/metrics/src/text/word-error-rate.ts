import type { tf } from "@lightning-ts/core";
import type { NoOptions } from "../base/no-options.js";
import { errorRate, ErrorRateMetric, type ErrorRate } from "./error-counts.js";
import { wordsOf, type Sentences } from "./words.js";

const RATE: ErrorRate = { name: "WordErrorRate", tokensOf: wordsOf, countOf: (_, target) => target.length };

/**
 * Words that are wrong, missing or too many, as a share of the targets' words;
 * 0 is best, above 1 is possible. NaN without any.
 */
export function wordErrorRate(preds: Sentences, target: Sentences): tf.Tensor {
  return errorRate(RATE, preds, target);
}

/**
 * Words that are wrong, missing or too many, as a share of the targets' words,
 * over all batches; 0 is best.
 * @example
 * ```ts
 * import { WordErrorRate } from "@lightning-ts/metrics";
 *
 * const rate = new WordErrorRate();
 * rate.update(["this is the prediction"], ["this is the reference"]);
 * console.log(rate.compute().dataSync()[0]?.toFixed(3)); // 0.250
 * ```
 */
export class WordErrorRate extends ErrorRateMetric {
  constructor(options: NoOptions = {}) {
    super(RATE, options);
  }
}
