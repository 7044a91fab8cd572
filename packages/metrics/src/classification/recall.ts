import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";
import type { BinaryOptions, MulticlassOptions, MultilabelOptions, ZeroDivisionOption } from "./options.js";
import { averaged, safeDivide, type ScoreRules } from "./scores.js";

function recallOf(counts: Counts, rules: ScoreRules): tf.Tensor {
  return averaged(counts, rules, ({ tp, fn }) => safeDivide(tp, tf.add(tp, fn), rules.zeroDivision), true);
}

/**
 * How much of what was to be found was predicted, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryRecall } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryRecall();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 1
 * ```
 */
export class BinaryRecall extends BinaryCountMetric {
  constructor(options: BinaryOptions & ZeroDivisionOption = {}) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return recallOf(counts, this.rules);
  }
}

/**
 * How much of what was to be found was predicted, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassRecall } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassRecall({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 5 / 6
 * ```
 */
export class MulticlassRecall extends MulticlassCountMetric {
  constructor(options: MulticlassOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return recallOf(counts, this.rules);
  }
}

/**
 * How much of what was to be found was predicted, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelRecall } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelRecall({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.75
 * ```
 */
export class MultilabelRecall extends MultilabelCountMetric {
  constructor(options: MultilabelOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return recallOf(counts, this.rules);
  }
}

export const binaryRecall = functionalForm(BinaryRecall);
export const multiclassRecall = functionalForm(MulticlassRecall);
export const multilabelRecall = functionalForm(MultilabelRecall);

/** How much of what was to be found was predicted, by the task: `Recall({ task: "binary" })`. */
export const Recall = taskFront(
  "Recall",
  { binary: BinaryRecall, multiclass: MulticlassRecall, multilabel: MultilabelRecall },
  { average: "micro" },
);
export const recall = functionalFront(Recall);
