import { placesInSecond, subsequenceTable } from "./common-subsequence.js";
import { countNgrams, ngramTotal, overlapOf } from "./ngrams.js";
import type { RougeText } from "./rouge-tokens.js";

export const ROUGE_KEYS = [
  "rouge1",
  "rouge2",
  "rouge3",
  "rouge4",
  "rouge5",
  "rouge6",
  "rouge7",
  "rouge8",
  "rouge9",
  "rougeL",
  "rougeLsum",
] as const;
/** What is compared: sequences of so many words, the longest common subsequence of texts, or that of sentences. */
export type RougeKey = (typeof ROUGE_KEYS)[number];

export interface RougeScore {
  readonly fmeasure: number;
  readonly precision: number;
  readonly recall: number;
}

const NOTHING: RougeScore = { fmeasure: 0, precision: 0, recall: 0 };

/** One score of a prediction and a reference. */
export function rougeScoreOf(key: RougeKey, prediction: RougeText, reference: RougeText): RougeScore {
  const [a, b] = [prediction.tokens, reference.tokens];
  switch (key) {
    case "rougeL":
      return scoreOf(subsequenceTable(a, b).at(a.length, b.length), a.length, b.length);
    case "rougeLsum":
      return scoreOfSentences(prediction.sentences, reference.sentences);
    default: {
      const n = Number(key.slice("rouge".length));
      return scoreOf(overlapOf(countNgrams(a, n), countNgrams(b, n)), ngramTotal(a, n), ngramTotal(b, n));
    }
  }
}

function scoreOf(hits: number, predicted: number, wanted: number): RougeScore {
  if (hits === 0 || predicted === 0 || wanted === 0) return NOTHING;
  const [precision, recall] = [hits / predicted, hits / wanted];
  return { precision, recall, fmeasure: (2 * precision * recall) / (precision + recall) };
}

/** Of each sentence of the reference the words that are in a common subsequence with any sentence of the prediction. */
function scoreOfSentences(
  prediction: readonly (readonly string[])[],
  reference: readonly (readonly string[])[],
): RougeScore {
  const left = { prediction: wordCounts(prediction), reference: wordCounts(reference) };
  let hits = 0;
  for (const sentence of reference) {
    const places = new Set(prediction.flatMap((other) => placesInSecond(other, sentence)));
    for (const place of [...places].toSorted((a, b) => a - b)) {
      const word = sentence[place] ?? "";
      const [predicted, wanted] = [left.prediction.get(word) ?? 0, left.reference.get(word) ?? 0];
      if (predicted === 0 || wanted === 0) continue;
      hits += 1;
      left.prediction.set(word, predicted - 1);
      left.reference.set(word, wanted - 1);
    }
  }
  return scoreOf(hits, prediction.flat().length, reference.flat().length);
}

function wordCounts(sentences: readonly (readonly string[])[]): Map<string, number> {
  return countNgrams(sentences.flat(), 1);
}
