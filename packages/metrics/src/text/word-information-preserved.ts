import type { tf } from "@lightning-ts/core";
import type { NoOptions } from "../base/no-options.js";
import { wordInformation, WordInformationMetric } from "./word-information.js";
import type { Sentences } from "./words.js";

/** The share of right words in predictions, times that in targets; 1 is best. */
export function wordInformationPreserved(preds: Sentences, target: Sentences): tf.Tensor {
  return wordInformation("WordInfoPreserved", preds, target);
}

/**
 * The share of right words in predictions, times that in targets, over all batches; 1 is best.
 * @example
 * ```ts
 * import { WordInfoPreserved } from "@lightning-ts/metrics";
 *
 * const information = new WordInfoPreserved();
 * information.update(["this is the prediction"], ["this is the reference"]);
 * console.log(information.compute().dataSync()[0]?.toFixed(4)); // 0.5625
 * ```
 */
export class WordInfoPreserved extends WordInformationMetric {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: NoOptions = {}) {
    super("WordInfoPreserved", options);
  }
}
