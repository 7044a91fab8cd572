import { tf } from "@lightning-ts/core";
import { partsOf } from "../base/parts-of.js";
import { countNgrams, ngramTotal, overlapOf } from "./ngrams.js";
import { charactersOf, stripped, wordsOf, type Referenced } from "./words.js";

export interface CHRFSettings {
  readonly nCharOrder: number;
  readonly nWordOrder: number;
  readonly beta: number;
  readonly lowercase: boolean;
  readonly whitespace: boolean;
  readonly returnSentenceLevelScore: boolean;
}

/** Sequences of each length of characters, and then of words: of the prediction, of the reference, of both. */
type Counts = readonly [predictions: number[], references: number[], matches: number[]];

const PUNCTUATION = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
/** What the weighted sum of precision and recall is at least. */
const EPSILON = 1e-16;

interface Tokens {
  readonly characters: readonly string[];
  readonly words: readonly string[];
}

function tokensOf(sentence: string, { lowercase, whitespace }: CHRFSettings): Tokens {
  const text = lowercase ? sentence.toLowerCase() : sentence;
  return {
    characters: charactersOf(whitespace ? text : stripped(text).replaceAll(" ", "")),
    words: wordsOf(text).flatMap(separatePunctuation),
  };
}

/** A sign of punctuation at the end of a word, or else at its beginning, is a word of its own. */
function separatePunctuation(word: string): string[] {
  const characters = charactersOf(word);
  const [first = "", last = ""] = [characters[0], characters.at(-1)];
  if (characters.length === 1) return [word];
  if (PUNCTUATION.has(last)) return [characters.slice(0, -1).join(""), last];
  if (PUNCTUATION.has(first)) return [first, characters.slice(1).join("")];
  return [word];
}

function compared(prediction: Tokens, reference: Tokens, settings: CHRFSettings): Counts {
  const counts: Counts = [[], [], []];
  const compare = (a: readonly string[], b: readonly string[], longest: number): void => {
    for (let n = 1; n <= longest; n += 1) {
      counts[0].push(ngramTotal(a, n));
      counts[1].push(ngramTotal(b, n));
      counts[2].push(overlapOf(countNgrams(b, n), countNgrams(a, n)));
    }
  };
  compare(prediction.characters, reference.characters, settings.nCharOrder);
  compare(prediction.words, reference.words, settings.nWordOrder);
  return counts;
}

/** The mean of F scores of all lengths. */
function scoreOfCounts([predictions, references, matches]: Counts, beta: number): number {
  const scores = matches.map((match, i) => {
    const precision = share(match, predictions[i]);
    const recall = share(match, references[i]);
    return ((1 + beta ** 2) * precision * recall) / Math.max(beta ** 2 * precision + recall, EPSILON);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function share(part: number, whole = 0): number {
  return whole > 0 ? part / whole : 0;
}

/** Counts of a batch, [3, lengths], each prediction with its best reference; and the scores of sentences. */
export function chrfCounts(sentences: readonly Referenced[], settings: CHRFSettings) {
  const lengths = settings.nCharOrder + settings.nWordOrder;
  const zeros = (): number[] => Array.from({ length: lengths }, () => 0);
  const totals: Counts = [zeros(), zeros(), zeros()];
  const scores = sentences.map(({ prediction, references }) => {
    const tokens = tokensOf(prediction, settings);
    // Without a match anywhere no reference is the best one, and none counts.
    let best: { score: number; counts: Counts } = { score: 0, counts: [zeros(), zeros(), zeros()] };
    let own = zeros();
    for (const reference of references) {
      const counts = compared(tokens, tokensOf(reference, settings), settings);
      const score = scoreOfCounts(counts, settings.beta);
      own = counts[0];
      if (score > best.score) best = { score, counts };
    }
    [own, best.counts[1], best.counts[2]].forEach((row, kind) =>
      row.forEach((count, i) => {
        const total = totals[kind];
        if (total !== undefined) total[i] = (total[i] ?? 0) + count;
      }),
    );
    return best.score;
  });
  return { counts: tf.tensor2d(totals.map((row) => [...row])), scores: tf.tensor1d(scores) };
}

/** The mean of F scores of all lengths, of the counts of all sentences. */
export function chrfOf(counts: tf.Tensor, beta: number): tf.Tensor {
  const part = partsOf(counts);
  const [precision, recall] = [tf.divNoNan(part(2), part(0)), tf.divNoNan(part(2), part(1))];
  const weighted = tf.add(tf.mul(precision, beta ** 2), recall);
  const both = tf.mul(tf.mul(precision, recall), 1 + beta ** 2);
  return tf.mean(tf.divNoNan(both, weighted));
}
