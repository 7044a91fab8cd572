import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";

import { averaged, safeDivide, type ScoreRules } from "./scores.js";

/** Right answers of all, where an answer is yes or no; of a class's own rows, where it is one of several classes. */
function accuracyOf(counts: Counts, rules: ScoreRules): tf.Tensor {
  const isShareOfAll = rules.task !== "multiclass";
  return averaged(
    counts,
    rules,
    (counted) => {
      const { tp, fn } = counted;
      if (!isShareOfAll) return safeDivide(tp, tf.add(tp, fn));
      const right = tf.add(tp, counted.tn);
      return safeDivide(right, tf.add(right, tf.add(counted.fp, fn)));
    },
    true,
  );
}

/**
 * The share of right answers, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryAccuracy } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryAccuracy();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 2 / 3
 * ```
 */
export class BinaryAccuracy extends BinaryCountMetric {
  protected override score(counts: Counts): tf.Tensor {
    return accuracyOf(counts, this.rules);
  }
}

/**
 * The share of right answers, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassAccuracy } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassAccuracy({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 5 / 6
 * ```
 */
export class MulticlassAccuracy extends MulticlassCountMetric {
  protected override score(counts: Counts): tf.Tensor {
    return accuracyOf(counts, this.rules);
  }
}

/**
 * The share of right answers, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelAccuracy } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelAccuracy({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 2 / 3
 * ```
 */
export class MultilabelAccuracy extends MultilabelCountMetric {
  protected override score(counts: Counts): tf.Tensor {
    return accuracyOf(counts, this.rules);
  }
}

export const binaryAccuracy = functionalForm(BinaryAccuracy);
export const multiclassAccuracy = functionalForm(MulticlassAccuracy);
export const multilabelAccuracy = functionalForm(MultilabelAccuracy);

/** The share of right answers, by the task: `Accuracy({ task: "binary" })`. */
export const Accuracy = taskFront(
  "Accuracy",
  { binary: BinaryAccuracy, multiclass: MulticlassAccuracy, multilabel: MultilabelAccuracy },
  { average: "micro" },
);
export const accuracy = functionalFront(Accuracy);
