import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";

import { averaged, safeDivide, type ScoreRules } from "./scores.js";

function specificityOf(counts: Counts, rules: ScoreRules): tf.Tensor {
  return averaged(counts, rules, ({ tn, fp }) => safeDivide(tn, tf.add(tn, fp)));
}

/**
 * How much of what was not to be found was left out, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinarySpecificity } from "@lightning-ts/metrics";
 *
 * const metric = new BinarySpecificity();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 1 / 2
 * ```
 */
export class BinarySpecificity extends BinaryCountMetric {
  override readonly higherIsBetter = undefined;
  protected override score(counts: Counts): tf.Tensor {
    return specificityOf(counts, this.rules);
  }
}

/**
 * How much of what was not to be found was left out, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassSpecificity } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassSpecificity({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 8 / 9
 * ```
 */
export class MulticlassSpecificity extends MulticlassCountMetric {
  override readonly higherIsBetter = undefined;
  protected override score(counts: Counts): tf.Tensor {
    return specificityOf(counts, this.rules);
  }
}

/**
 * How much of what was not to be found was left out, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelSpecificity } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelSpecificity({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.5
 * ```
 */
export class MultilabelSpecificity extends MultilabelCountMetric {
  override readonly higherIsBetter = undefined;
  protected override score(counts: Counts): tf.Tensor {
    return specificityOf(counts, this.rules);
  }
}

export const binarySpecificity = functionalForm(BinarySpecificity);
export const multiclassSpecificity = functionalForm(MulticlassSpecificity);
export const multilabelSpecificity = functionalForm(MultilabelSpecificity);

/** How much of what was not to be found was left out, by the task: `Specificity({ task: "binary" })`. */
export const Specificity = taskFront(
  "Specificity",
  { binary: BinarySpecificity, multiclass: MulticlassSpecificity, multilabel: MultilabelSpecificity },
  { average: "micro" },
);
export const specificity = functionalFront(Specificity);
