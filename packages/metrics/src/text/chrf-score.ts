import { Metric, rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { refusedOption, requireInteger } from "../base/check-options.js";
import { rowsOf } from "../base/rows-of.js";
import { chrfCounts, chrfOf, type CHRFSettings } from "./chrf-counts.js";
import { withReferences, type References, type Sentences } from "./words.js";

export interface CHRFScoreOptions {
  /** Up to how many characters in a row are compared. @default 6 */
  readonly nCharOrder?: number | undefined;
  /** Up to how many words in a row are compared: 2 is chrF++, 0 is chrF. @default 2 */
  readonly nWordOrder?: number | undefined;
  /** How much more recall weighs than precision. @default 2 */
  readonly beta?: number | undefined;
  /** @default false */
  readonly lowercase?: boolean | undefined;
  /** Whether whitespace counts as characters. @default false */
  readonly whitespace?: boolean | undefined;
  /** Gives the score of each sentence too. @default false */
  readonly returnSentenceLevelScore?: boolean | undefined;
}

const OPTIONS = ["nCharOrder", "nWordOrder", "beta", "lowercase", "whitespace", "returnSentenceLevelScore"];

function resolved(owner: string, options: CHRFScoreOptions): CHRFSettings {
  rejectUnknownOptions(owner, options, OPTIONS);
  const { nCharOrder = 6, nWordOrder = 2, beta = 2 } = options;
  const { lowercase = false, whitespace = false, returnSentenceLevelScore = false } = options;
  requireInteger(owner, "nCharOrder", nCharOrder, 1);
  requireInteger(owner, "nWordOrder", nWordOrder, 0);
  if (!(beta >= 0)) throw refusedOption(owner, "beta", beta, "a number of at least 0");
  return { nCharOrder, nWordOrder, beta, lowercase, whitespace, returnSentenceLevelScore };
}

/**
 * The mean of F scores of sequences of characters and words; 1 is best.
 * @param target one or several references for each of the predictions; the best of them counts
 * @returns a scalar; with `returnSentenceLevelScore` a pair of it and [sentences]
 */
export function chrfScore(
  preds: Sentences,
  target: References,
  options: CHRFScoreOptions = {},
): tf.Tensor | [tf.Tensor, tf.Tensor] {
  const settings = resolved("chrfScore", options);
  const { counts, scores } = chrfCounts(withReferences("chrfScore", preds, target), settings);
  const score = chrfOf(counts, settings.beta);
  return settings.returnSentenceLevelScore ? [score, scores] : score;
}

/**
 * The mean of F scores of sequences of characters and words, over all batches; 1 is best.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { CHRFScore } from "@lightning-ts/metrics";
 *
 * const chrf = new CHRFScore();
 * chrf.update(["the cat is on the mat"], [["there is a cat on the mat", "a cat is on the mat"]]);
 * const score = chrf.compute();
 * if (score instanceof tf.Tensor) console.log(score.dataSync()[0]?.toFixed(4)); // 0.8640
 * ```
 */
export class CHRFScore extends Metric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  override readonly fullStateUpdate = false;
  readonly #settings: CHRFSettings;
  readonly #counts;
  readonly #sentences = this.addListState("sentences");

  constructor(options: CHRFScoreOptions = {}) {
    super(options);
    this.#settings = resolved("CHRFScore", options);
    const { nCharOrder, nWordOrder } = this.#settings;
    this.#counts = this.addState("counts", { reduce: "sum", shape: [3, nCharOrder + nWordOrder] });
  }

  /** @param target one or several references for each of the predictions; the best of them counts */
  override update(preds: Sentences, target: References): void {
    const { counts, scores } = chrfCounts(withReferences("CHRFScore", preds, target), this.#settings);
    addTo(this.#counts, counts);
    if (this.#settings.returnSentenceLevelScore) this.#sentences.push(scores);
  }

  /** A pair of the score and of each sentence's, with `returnSentenceLevelScore`. */
  override compute(): tf.Tensor | [tf.Tensor, tf.Tensor] {
    const score = chrfOf(this.#counts, this.#settings.beta);
    return this.#settings.returnSentenceLevelScore ? [score, rowsOf("CHRFScore", this.#sentences)] : score;
  }
}
