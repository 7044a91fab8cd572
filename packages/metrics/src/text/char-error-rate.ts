import type { tf } from "@lightning-ts/core";
import type { NoOptions } from "../base/no-options.js";
import { errorRate, ErrorRateMetric, type ErrorRate } from "./error-counts.js";
import { charactersOf, type Sentences } from "./words.js";

const RATE: ErrorRate = { name: "CharErrorRate", tokensOf: charactersOf, countOf: (_, target) => target.length };

/**
 * Characters that are wrong, missing or too many, as a share of the targets' characters;
 * 0 is best, above 1 is possible. NaN without any.
 */
export function charErrorRate(preds: Sentences, target: Sentences): tf.Tensor {
  return errorRate(RATE, preds, target);
}

/**
 * Characters that are wrong, missing or too many, as a share of the targets' characters, over all batches; 0 is best.
 * @example
 * ```ts
 * import { CharErrorRate } from "@lightning-ts/metrics";
 *
 * const rate = new CharErrorRate();
 * rate.update(["this is the prediction"], ["this is the reference"]);
 * console.log(rate.compute().dataSync()[0]?.toFixed(3)); // 0.381
 * ```
 */
export class CharErrorRate extends ErrorRateMetric {
  constructor(options: NoOptions = {}) {
    super(RATE, options);
  }
}
