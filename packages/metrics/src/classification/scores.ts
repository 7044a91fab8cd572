import { tf } from "@lightning-ts/core";
import type { Average } from "./options.js";
import { type Counts, summed } from "./counts.js";

export type Task = "binary" | "multiclass" | "multilabel";

/** What a score has to know besides the counts. */
export interface ScoreRules {
  readonly task: Task;
  readonly average: Average;
  readonly topK: number;
  readonly zeroDivision: number;
}

/** A quotient; `otherwise` where the divisor is 0. */
export function safeDivide(numerator: tf.Tensor, divisor: tf.Tensor, otherwise = 0): tf.Tensor {
  const quotient = tf.div(numerator, divisor);
  return tf.where(tf.equal(divisor, 0), tf.fill(quotient.shape, otherwise), quotient);
}

/**
 * One score of several classes, by `average`.
 * @param ratio the score of one class, or of all together
 * @param knowsTopK whether the score leaves classes out that never were a target where `topK` is above 1
 */
export function averaged(
  counts: Counts,
  rules: ScoreRules,
  ratio: (counts: Counts) => tf.Tensor,
  knowsTopK = false,
): tf.Tensor {
  if (rules.task === "binary") return tf.squeeze(ratio(counts), [-1]);
  if (rules.average === "micro") return ratio(summed(counts));
  const scores = ratio(counts);
  if (rules.average === "none") return scores;
  const weights = weightsOf(counts, rules, knowsTopK);
  return tf.sum(safeDivide(tf.mul(weights, scores), tf.broadcastTo(tf.sum(weights, -1, true), scores.shape)), -1);
}

function weightsOf(counts: Counts, rules: ScoreRules, knowsTopK: boolean): tf.Tensor {
  const { tp, fn } = counts;
  const actual = tf.add(tp, fn);
  if (rules.average === "weighted") return actual;
  if (rules.task === "multilabel") return tf.onesLike(actual);
  const met = rules.topK === 1 || !knowsTopK ? tf.add(actual, counts.fp) : actual;
  return tf.cast(tf.greater(met, 0), "float32");
}
