import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { requireOneOf } from "../base/check-options.js";
import { ROUGE_KEYS, rougeScoreOf, type RougeKey, type RougeScore } from "./rouge-scores.js";
import { rougeReader, type RougeText, type RougeTokenOptions } from "./rouge-tokens.js";
import { withReferences, type Referenced, type References, type Sentences } from "./words.js";

export interface ROUGEScoreOptions extends RougeTokenOptions {
  /** Of several references, the best one of each prediction, or their mean. @default "best" */
  readonly accumulate?: "best" | "avg" | undefined;
  /** Which scores there are. @default ["rouge1", "rouge2", "rougeL", "rougeLsum"] */
  readonly rougeKeys?: RougeKey | readonly RougeKey[] | undefined;
}

const OPTIONS = ["useStemmer", "normalizer", "tokenizer", "sentenceSplitter", "accumulate", "rougeKeys"];
const PARTS = ["fmeasure", "precision", "recall"] as const;

/** The means over sentences, as scalars: `rouge1_fmeasure`, `rouge1_precision`, `rouge1_recall`, and so on. */
export type ROUGEScores = Partial<Record<`${RougeKey}_${(typeof PARTS)[number]}`, tf.Tensor>>;

interface Settings {
  readonly keys: readonly RougeKey[];
  readonly accumulate: "best" | "avg";
  readonly read: (text: string) => RougeText;
}

function resolved(owner: string, options: ROUGEScoreOptions): Settings {
  rejectUnknownOptions(owner, options, OPTIONS);
  const { accumulate = "best", rougeKeys = ["rouge1", "rouge2", "rougeL", "rougeLsum"] } = options;
  const keys = typeof rougeKeys === "string" ? [rougeKeys] : rougeKeys;
  for (const key of keys) requireOneOf(owner, "rougeKeys", key, ROUGE_KEYS);
  requireOneOf(owner, "accumulate", accumulate, ["best", "avg"]);
  return { keys, accumulate, read: rougeReader(options) };
}

/** Sums over sentences, [keys, parts]. */
function sumsOf(sentences: readonly Referenced[], { keys, accumulate, read }: Settings): tf.Tensor2D {
  const sums = keys.map(() => PARTS.map(() => 0));
  for (const { prediction, references } of sentences) {
    const text = read(prediction);
    const others = references.map(read);
    keys.forEach((key, i) => {
      const scores = others.map((reference) => rougeScoreOf(key, text, reference));
      const score = accumulate === "best" ? bestOf(scores) : meanOf(scores);
      const sum = sums[i];
      PARTS.forEach((part, j) => {
        if (sum !== undefined) sum[j] = (sum[j] ?? 0) + score[part];
      });
    });
  }
  return tf.tensor2d(sums, [keys.length, PARTS.length]);
}

function bestOf(scores: readonly RougeScore[]): RougeScore {
  return scores.reduce((best, score) => (score.fmeasure > best.fmeasure ? score : best));
}

function meanOf(scores: readonly RougeScore[]): RougeScore {
  const mean = (part: (typeof PARTS)[number]): number =>
    scores.reduce((sum, score) => sum + score[part], 0) / scores.length;
  return { fmeasure: mean("fmeasure"), precision: mean("precision"), recall: mean("recall") };
}

function named(means: tf.Tensor, keys: readonly RougeKey[]): ROUGEScores {
  const values = tf.unstack(tf.reshape(means, [keys.length * PARTS.length]));
  const names = keys.flatMap((key) => PARTS.map((part) => `${key}_${part}`));
  return Object.fromEntries(values.map((value, i) => [names[i] ?? "", value]));
}

/**
 * How much of references is in predictions: sequences of words and common subsequences.
 * @param target one or several references for each of the predictions
 */
export function rougeScore(preds: Sentences, target: References, options: ROUGEScoreOptions = {}): ROUGEScores {
  const settings = resolved("rougeScore", options);
  const sentences = withReferences("rougeScore", preds, target);
  return named(tf.div(sumsOf(sentences, settings), sentences.length), settings.keys);
}

/**
 * How much of references is in predictions, over all batches: sequences of words and common subsequences.
 * @example
 * ```ts
 * import { ROUGEScore } from "@lightning-ts/metrics";
 *
 * const rouge = new ROUGEScore({ rougeKeys: ["rouge1", "rougeL"] });
 * rouge.update("My name is John", "Is your name John");
 * console.log(rouge.compute().rouge1_fmeasure?.dataSync()[0]); // 0.75
 * console.log(rouge.compute().rougeL_fmeasure?.dataSync()[0]); // 0.5
 * ```
 */
export class ROUGEScore extends Metric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  override readonly fullStateUpdate = false;
  readonly #settings: Settings;
  readonly #sums;
  readonly #count = this.addState("count", { reduce: "sum" });

  constructor(options: ROUGEScoreOptions = {}) {
    super(options);
    this.#settings = resolved("ROUGEScore", options);
    this.#sums = this.addState("sums", { reduce: "sum", shape: [this.#settings.keys.length, PARTS.length] });
  }

  /** @param target one or several references for each of the predictions */
  override update(preds: Sentences, target: References): void {
    const sentences = withReferences("ROUGEScore", preds, target);
    addTo(this.#sums, sumsOf(sentences, this.#settings));
    addTo(this.#count, sentences.length);
  }

  override compute(): ROUGEScores {
    return named(tf.div(this.#sums, this.#count), this.#settings.keys);
  }
}
