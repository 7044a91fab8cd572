import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";
import type { ScoreRules } from "./scores.js";

/** [tp, fp, tn, fn, tp + fn] as the last dimension. */
function statScoresOf({ tp, fp, tn, fn }: Counts, { task, average }: ScoreRules): tf.Tensor {
  const actual = tf.add(tp, fn);
  const scores = tf.stack([tp, fp, tn, fn, actual], -1);
  const classes = scores.rank - 2;
  if (task === "binary") return tf.cast(tf.squeeze(scores, [classes]), "int32");
  if (average === "micro") return tf.cast(tf.sum(scores, classes), "int32");
  if (average === "macro") return tf.mean(scores, classes);
  if (average === "none") return tf.cast(scores, "int32");
  // torchmetrics' multilabel form divides by the sum over all samples, its multiclass form by each sample's own.
  const all = task === "multilabel" ? tf.sum(actual) : tf.sum(actual, -1, true);
  return tf.sum(tf.mul(scores, tf.expandDims(tf.div(actual, all), -1)), classes);
}

/**
 * Counts of right and wrong answers, for yes or no: [true positives, false positives, true negatives, false negatives,
 * positives].
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryStatScores } from "@lightning-ts/metrics";
 *
 * const scores = new BinaryStatScores();
 * scores.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(scores.compute().dataSync()); // 1, 1, 1, 0, 1
 * ```
 */
export class BinaryStatScores extends BinaryCountMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  protected override score(counts: Counts): tf.Tensor {
    return statScoresOf(counts, this.rules);
  }
}

/**
 * Counts of right and wrong answers, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassStatScores } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassStatScores({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // [1, 1 / 3, 2.333, 1 / 3, 1.333]
 * ```
 */
export class MulticlassStatScores extends MulticlassCountMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override readonly plotLegendName = undefined;
  protected override score(counts: Counts): tf.Tensor {
    return statScoresOf(counts, this.rules);
  }
}

/**
 * Counts of right and wrong answers, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelStatScores } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelStatScores({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // [1.5, 0.5, 0.5, 0.5, 2]
 * ```
 */
export class MultilabelStatScores extends MultilabelCountMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override readonly plotLegendName = undefined;
  protected override score(counts: Counts): tf.Tensor {
    return statScoresOf(counts, this.rules);
  }
}

export const binaryStatScores = functionalForm(BinaryStatScores);
export const multiclassStatScores = functionalForm(MulticlassStatScores);
export const multilabelStatScores = functionalForm(MultilabelStatScores);

/** Counts of right and wrong answers, by the task. */
export const StatScores = taskFront(
  "StatScores",
  { binary: BinaryStatScores, multiclass: MulticlassStatScores, multilabel: MultilabelStatScores },
  { average: "micro" },
);
export const statScores = functionalFront(StatScores);
