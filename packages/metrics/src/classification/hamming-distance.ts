import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";

import { averaged, safeDivide, type ScoreRules } from "./scores.js";

/** Wrong answers of all, where an answer is yes or no; of a class's own rows, where it is one of several classes. */
function hammingDistanceOf(counts: Counts, rules: ScoreRules): tf.Tensor {
  const isShareOfAll = rules.task !== "multiclass";
  return averaged(counts, rules, ({ tp, fp, tn, fn }) =>
    tf.sub(
      1,
      isShareOfAll
        ? safeDivide(tf.add(tp, tn), tf.add(tf.add(tp, tn), tf.add(fp, fn)))
        : safeDivide(tp, tf.add(tp, fn)),
    ),
  );
}

/**
 * The share of wrong answers, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryHammingDistance } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryHammingDistance();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 1 / 3
 * ```
 */
export class BinaryHammingDistance extends BinaryCountMetric {
  override readonly higherIsBetter = false;
  protected override score(counts: Counts): tf.Tensor {
    return hammingDistanceOf(counts, this.rules);
  }
}

/**
 * The share of wrong answers, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassHammingDistance } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassHammingDistance({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 1 / 6
 * ```
 */
export class MulticlassHammingDistance extends MulticlassCountMetric {
  override readonly higherIsBetter = false;
  protected override score(counts: Counts): tf.Tensor {
    return hammingDistanceOf(counts, this.rules);
  }
}

/**
 * The share of wrong answers, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelHammingDistance } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelHammingDistance({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 1 / 3
 * ```
 */
export class MultilabelHammingDistance extends MultilabelCountMetric {
  override readonly higherIsBetter = false;
  protected override score(counts: Counts): tf.Tensor {
    return hammingDistanceOf(counts, this.rules);
  }
}

export const binaryHammingDistance = functionalForm(BinaryHammingDistance);
export const multiclassHammingDistance = functionalForm(MulticlassHammingDistance);
export const multilabelHammingDistance = functionalForm(MultilabelHammingDistance);

/** The share of wrong answers, by the task: `HammingDistance({ task: "binary" })`. */
export const HammingDistance = taskFront(
  "HammingDistance",
  { binary: BinaryHammingDistance, multiclass: MulticlassHammingDistance, multilabel: MultilabelHammingDistance },
  { average: "micro" },
);
export const hammingDistance = functionalFront(HammingDistance);
