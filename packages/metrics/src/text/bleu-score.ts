import { Metric, type tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { bleuCounts, bleuOf, bleuSettings, type BLEUScoreOptions, type BLEUSettings } from "./bleu-counts.js";
import { withReferences, wordsOf, type References, type Sentences } from "./words.js";

/** Base of BLEU scores over all batches, whatever the tokens are. */
export abstract class BLEUMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = true;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly #name: string;
  readonly #settings: BLEUSettings;
  readonly #tokenize: (sentence: string) => readonly string[];
  readonly #counts;

  constructor(
    name: string,
    settings: BLEUSettings,
    tokenize: (sentence: string) => readonly string[],
    options: object,
  ) {
    super(options);
    this.#name = name;
    this.#settings = settings;
    this.#tokenize = tokenize;
    this.#counts = this.addState("counts", { reduce: "sum", shape: [2, settings.nGram + 1] });
  }

  /** @param target one or several references for each of the predictions */
  override update(preds: Sentences, target: References): void {
    const sentences = withReferences(this.#name, preds, target);
    addTo(this.#counts, bleuCounts(sentences, this.#settings.nGram, this.#tokenize));
  }

  override compute(): tf.Tensor {
    return bleuOf(this.#counts, this.#settings);
  }
}

/**
 * How much of predictions, in sequences of words, is in their references; 1 is best. Words are what whitespace
 * separates: see `sacreBleuScore` for others.
 * @param target one or several references for each of the predictions
 */
export function bleuScore(preds: Sentences, target: References, options: BLEUScoreOptions = {}): tf.Tensor {
  const settings = bleuSettings("bleuScore", options);
  return bleuOf(bleuCounts(withReferences("bleuScore", preds, target), settings.nGram, wordsOf), settings);
}

/**
 * How much of predictions, in sequences of words, is in their references, over all batches; 1 is best. Words are what
 * whitespace separates: see `SacreBLEUScore` for others.
 * @example
 * ```ts
 * import { BLEUScore } from "@lightning-ts/metrics";
 *
 * const score = new BLEUScore();
 * score.update(["the cat is on the mat"], [["there is a cat on the mat", "a cat is on the mat"]]);
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.7598
 * ```
 */
export class BLEUScore extends BLEUMetric {
  constructor(options: BLEUScoreOptions = {}) {
    super("BLEUScore", bleuSettings("BLEUScore", options), wordsOf, options);
  }
}
