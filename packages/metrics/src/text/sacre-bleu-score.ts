import type { tf } from "@lightning-ts/core";
import { requireOneOf } from "../base/check-options.js";
import { bleuCounts, bleuOf, bleuSettings, type BLEUScoreOptions } from "./bleu-counts.js";
import { BLEUMetric } from "./bleu-score.js";
import { refuseMissingTokenizer } from "./missing-tokenizers.js";
import { SACRE_BLEU_TOKENIZERS, tokenizerOf, type SacreBLEUTokenizer } from "./sacre-bleu-tokenizers.js";
import { withReferences, type References, type Sentences } from "./words.js";

export interface SacreBLEUScoreOptions extends BLEUScoreOptions {
  /**
   * What the words are: "13a" as in WMT's scripts, "intl" by Unicode's classes of characters, "zh" with each Chinese
   * character a word, "char" with every character one, "none" by whitespace. @default "13a"
   */
  readonly tokenize?: SacreBLEUTokenizer | undefined;
  /** @default false */
  readonly lowercase?: boolean | undefined;
}

function resolved(owner: string, options: SacreBLEUScoreOptions) {
  const settings = bleuSettings(owner, options, ["tokenize", "lowercase"]);
  const { tokenize = "13a", lowercase = false } = options;
  refuseMissingTokenizer(owner, tokenize);
  requireOneOf(owner, "tokenize", tokenize, SACRE_BLEU_TOKENIZERS);
  return { settings, tokenize: tokenizerOf(tokenize, lowercase) };
}

/**
 * BLEU with SacreBLEU's tokens, so that scores of different places can be compared; 1 is best.
 * @param target one or several references for each of the predictions
 */
export function sacreBleuScore(preds: Sentences, target: References, options: SacreBLEUScoreOptions = {}): tf.Tensor {
  const { settings, tokenize } = resolved("sacreBleuScore", options);
  return bleuOf(bleuCounts(withReferences("sacreBleuScore", preds, target), settings.nGram, tokenize), settings);
}

/**
 * BLEU with SacreBLEU's tokens over all batches, so that scores of different places can be compared; 1 is best.
 * @example
 * ```ts
 * import { SacreBLEUScore } from "@lightning-ts/metrics";
 *
 * const score = new SacreBLEUScore();
 * score.update(["The cat is on the mat."], [["There is a cat on the mat.", "The cat sits on the mat."]]);
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.5081
 * ```
 */
export class SacreBLEUScore extends BLEUMetric {
  constructor(options: SacreBLEUScoreOptions = {}) {
    const { settings, tokenize } = resolved("SacreBLEUScore", options);
    super("SacreBLEUScore", settings, tokenize, options);
  }
}
