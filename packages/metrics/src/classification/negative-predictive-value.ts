import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";
import type { BinaryOptions, MulticlassOptions, MultilabelOptions, ZeroDivisionOption } from "./options.js";
import { averaged, safeDivide, type ScoreRules } from "./scores.js";

function negativePredictiveValueOf(counts: Counts, rules: ScoreRules): tf.Tensor {
  return averaged(counts, rules, ({ tn, fn }) => safeDivide(tn, tf.add(tn, fn), rules.zeroDivision), true);
}

/**
 * How much of what was left out is rightly left out, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryNegativePredictiveValue } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryNegativePredictiveValue();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 1
 * ```
 */
export class BinaryNegativePredictiveValue extends BinaryCountMetric {
  override readonly higherIsBetter = undefined;
  constructor(options: BinaryOptions & ZeroDivisionOption = {}) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return negativePredictiveValueOf(counts, this.rules);
  }
}

/**
 * How much of what was left out is rightly left out, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassNegativePredictiveValue } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassNegativePredictiveValue({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 8 / 9
 * ```
 */
export class MulticlassNegativePredictiveValue extends MulticlassCountMetric {
  override readonly higherIsBetter = undefined;
  constructor(options: MulticlassOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return negativePredictiveValueOf(counts, this.rules);
  }
}

/**
 * How much of what was left out is rightly left out, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelNegativePredictiveValue } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelNegativePredictiveValue({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.5
 * ```
 */
export class MultilabelNegativePredictiveValue extends MultilabelCountMetric {
  override readonly higherIsBetter = undefined;
  constructor(options: MultilabelOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return negativePredictiveValueOf(counts, this.rules);
  }
}

export const binaryNegativePredictiveValue = functionalForm(BinaryNegativePredictiveValue);
export const multiclassNegativePredictiveValue = functionalForm(MulticlassNegativePredictiveValue);
export const multilabelNegativePredictiveValue = functionalForm(MultilabelNegativePredictiveValue);

/** How much of what was left out is rightly left out, by the task: `NegativePredictiveValue({ task: "binary" })`. */
export const NegativePredictiveValue = taskFront(
  "NegativePredictiveValue",
  {
    binary: BinaryNegativePredictiveValue,
    multiclass: MulticlassNegativePredictiveValue,
    multilabel: MultilabelNegativePredictiveValue,
  },
  { average: "micro" },
);
export const negativePredictiveValue = functionalFront(NegativePredictiveValue);
