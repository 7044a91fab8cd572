import { Metric, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { tokenDistance } from "./token-distance.js";
import { sentencePairs, wordsOf, type Sentences } from "./words.js";

/** Words that are right, those of predictions, and those of targets: [3]. */
function countWords(name: string, preds: Sentences, target: Sentences): tf.Tensor1D {
  const counts = [0, 0, 0];
  for (const [prediction, wanted] of sentencePairs(name, preds, target)) {
    const [found, reference] = [wordsOf(prediction), wordsOf(wanted)];
    const right = Math.max(found.length, reference.length) - tokenDistance(found, reference);
    [right, found.length, reference.length].forEach((count, i) => (counts[i] = (counts[i] ?? 0) + count));
  }
  return tf.tensor1d(counts);
}

/** The share of right words in predictions, times that in targets. */
function preserved(counts: tf.Tensor): tf.Tensor {
  const [right, found, wanted] = tf.split(counts, 3);
  return tf.reshape(tf.mul(tf.div(right ?? 0, wanted ?? 0), tf.div(right ?? 0, found ?? 0)), []);
}

export function wordInformation(name: string, preds: Sentences, target: Sentences): tf.Tensor {
  return preserved(countWords(name, preds, target));
}

/** Base of metrics of how much of the words' information there is in predictions. */
export abstract class WordInformationMetric extends Metric {
  override readonly fullStateUpdate = false;
  readonly #name: string;
  readonly #counts = this.addState("counts", { reduce: "sum", shape: [3] });

  constructor(name: string, options: NoOptions) {
    super(options);
    refuseOptions(name, options);
    this.#name = name;
  }

  /** @param preds and `target` are a sentence, or as many sentences */
  override update(preds: Sentences, target: Sentences): void {
    addTo(this.#counts, countWords(this.#name, preds, target));
  }

  override compute(): tf.Tensor {
    return preserved(this.#counts);
  }
}
