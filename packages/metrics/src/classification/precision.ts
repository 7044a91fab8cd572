import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";
import type { BinaryOptions, MulticlassOptions, MultilabelOptions, ZeroDivisionOption } from "./options.js";
import { averaged, safeDivide, type ScoreRules } from "./scores.js";

function precisionOf(counts: Counts, rules: ScoreRules): tf.Tensor {
  return averaged(counts, rules, ({ tp, fp }) => safeDivide(tp, tf.add(tp, fp), rules.zeroDivision), true);
}

/**
 * How much of what was predicted is right, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryPrecision();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 1 / 2
 * ```
 */
export class BinaryPrecision extends BinaryCountMetric {
  constructor(options: BinaryOptions & ZeroDivisionOption = {}) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return precisionOf(counts, this.rules);
  }
}

/**
 * How much of what was predicted is right, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassPrecision({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 5 / 6
 * ```
 */
export class MulticlassPrecision extends MulticlassCountMetric {
  constructor(options: MulticlassOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return precisionOf(counts, this.rules);
  }
}

/**
 * How much of what was predicted is right, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelPrecision({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.75
 * ```
 */
export class MultilabelPrecision extends MultilabelCountMetric {
  constructor(options: MultilabelOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return precisionOf(counts, this.rules);
  }
}

export const binaryPrecision = functionalForm(BinaryPrecision);
export const multiclassPrecision = functionalForm(MulticlassPrecision);
export const multilabelPrecision = functionalForm(MultilabelPrecision);

/** How much of what was predicted is right, by the task: `Precision({ task: "binary" })`. */
export const Precision = taskFront(
  "Precision",
  { binary: BinaryPrecision, multiclass: MulticlassPrecision, multilabel: MultilabelPrecision },
  { average: "micro" },
);
export const precision = functionalFront(Precision);
