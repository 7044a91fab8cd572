import { tf } from "@lightning-ts/core";
import type { NoOptions } from "../base/no-options.js";
import { wordInformation, WordInformationMetric } from "./word-information.js";
import type { Sentences } from "./words.js";

/** 1 less the share of right words in predictions times that in targets; 0 is best. */
export function wordInformationLost(preds: Sentences, target: Sentences): tf.Tensor {
  return tf.sub(1, wordInformation("WordInfoLost", preds, target));
}

/**
 * 1 less the share of right words in predictions times that in targets, over all batches; 0 is best.
 * @example
 * ```ts
 * import { WordInfoLost } from "@lightning-ts/metrics";
 *
 * const information = new WordInfoLost();
 * information.update(["this is the prediction"], ["this is the reference"]);
 * console.log(information.compute().dataSync()[0]?.toFixed(4)); // 0.4375
 * ```
 */
export class WordInfoLost extends WordInformationMetric {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: NoOptions = {}) {
    super("WordInfoLost", options);
  }

  override compute(): tf.Tensor {
    return tf.sub(1, super.compute());
  }
}
