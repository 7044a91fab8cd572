import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { refusedOption, requireInteger } from "../base/check-options.js";
import { partsOf } from "../base/parts-of.js";
import { countNgrams, ngramTotal, overlapOf } from "./ngrams.js";
import type { Referenced } from "./words.js";

export interface BLEUScoreOptions {
  /** Up to how many words in a row are compared. @default 4 */
  readonly nGram?: number | undefined;
  /** Adds one to the counts of two and more words in a row, for short sentences. @default false */
  readonly smooth?: boolean | undefined;
  /** Of each length, from one word on. @default 1 / nGram each */
  readonly weights?: readonly number[] | undefined;
}

export interface BLEUSettings {
  readonly nGram: number;
  readonly smooth: boolean;
  readonly weights: readonly number[];
}

export function bleuSettings(owner: string, options: BLEUScoreOptions, more: readonly string[] = []): BLEUSettings {
  rejectUnknownOptions(owner, options, ["nGram", "smooth", "weights", ...more]);
  const { nGram = 4, smooth = false } = options;
  requireInteger(owner, "nGram", nGram, 1);
  const weights = options.weights ?? Array.from({ length: nGram }, () => 1 / nGram);
  if (weights.length !== nGram) throw refusedOption(owner, "weights", weights, `${nGram} numbers, one for each length`);
  return { nGram, smooth, weights };
}

/**
 * What the score follows from: [2, nGram + 1]. The matches of each length and of how many, and the lengths of
 * predictions and of the references that are nearest in length.
 */
export function bleuCounts(
  sentences: readonly Referenced[],
  nGram: number,
  tokenize: (sentence: string) => readonly string[],
): tf.Tensor2D {
  const matches = Array.from({ length: nGram + 1 }, () => 0);
  const totals = Array.from({ length: nGram + 1 }, () => 0);
  const add = (counts: number[], at: number, amount: number) => (counts[at] = (counts[at] ?? 0) + amount);
  for (const { prediction, references } of sentences) {
    const tokens = tokenize(prediction);
    const others = references.map(tokenize);
    add(matches, nGram, tokens.length);
    add(totals, nGram, nearestLength(tokens.length, others));
    for (let n = 1; n <= nGram; n += 1) {
      add(matches, n - 1, overlapOf(countNgrams(tokens, n), mostOfEach(others, n)));
      add(totals, n - 1, ngramTotal(tokens, n));
    }
  }
  return tf.tensor2d([matches, totals]);
}

/** How often each sequence occurs in the reference that has it most often. */
function mostOfEach(references: readonly (readonly string[])[], n: number): Map<string, number> {
  const most = new Map<string, number>();
  for (const reference of references) {
    for (const [gram, count] of countNgrams(reference, n)) most.set(gram, Math.max(count, most.get(gram) ?? 0));
  }
  return most;
}

function nearestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length);
  return lengths.reduce((best, one) => (Math.abs(one - length) < Math.abs(best - length) ? one : best));
}

/** The score of counts: a geometric mean of shares of matches, less for predictions that are too short. */
export function bleuOf(counts: tf.Tensor, { nGram, smooth, weights }: BLEUSettings): tf.Tensor {
  const part = partsOf(counts);
  const [matches, predictionLength] = tf.split(part(0), [nGram, 1]);
  const [totals, referenceLength] = tf.split(part(1), [nGram, 1]);
  if (matches === undefined || totals === undefined || predictionLength === undefined || referenceLength === undefined)
    throw new RangeError("tf.split gives as many parts as it is asked for");
  const extra = tf.tensor1d(Array.from({ length: nGram }, (_, i) => (smooth && i > 0 ? 1 : 0)));
  const shares = tf.div(tf.add(matches, extra), tf.add(totals, extra));
  const mean = tf.exp(tf.sum(tf.mul(tf.log(shares), tf.tensor1d([...weights]))));
  const isLonger = tf.greater(predictionLength, referenceLength);
  const penalty = tf.where(
    isLonger,
    tf.onesLike(predictionLength),
    tf.exp(tf.sub(1, tf.div(referenceLength, predictionLength))),
  );
  const score = tf.mul(tf.reshape(penalty, []), mean);
  return tf.where(tf.equal(tf.min(matches), 0), tf.zerosLike(score), score);
}
