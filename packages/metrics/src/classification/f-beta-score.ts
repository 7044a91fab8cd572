import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { refuse } from "./check-options.js";
import { BinaryCountMetric, MulticlassCountMetric, MultilabelCountMetric } from "./count-metric.js";
import type { Counts } from "./counts.js";
import type { BinaryOptions, MulticlassOptions, MultilabelOptions, ZeroDivisionOption } from "./options.js";
import { averaged, safeDivide, type ScoreRules } from "./scores.js";

interface BetaOption extends ZeroDivisionOption {
  /** How much recall counts beside precision: above 0. */
  readonly beta: number;
}

export type BinaryFBetaOptions = BinaryOptions & BetaOption;
export type MulticlassFBetaOptions = MulticlassOptions & BetaOption;
export type MultilabelFBetaOptions = MultilabelOptions & BetaOption;

const MORE = ["zeroDivision", "beta"];

function fBetaOf(counts: Counts, rules: ScoreRules, beta: number): tf.Tensor {
  const weight = beta ** 2;
  return averaged(counts, rules, ({ tp, fp, fn }) => {
    const met = tf.mul(tp, 1 + weight);
    return safeDivide(met, tf.add(tf.add(met, tf.mul(fn, weight)), fp), rules.zeroDivision);
  });
}

function checked(name: string, beta: number): number {
  return beta > 0 ? beta : refuse(name, "beta", beta, "a number above 0");
}

/**
 * The harmonic mean of precision and recall, for yes or no; recall has the weight `beta`².
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryFBetaScore } from "@lightning-ts/metrics";
 *
 * const score = new BinaryFBetaScore({ beta: 2 });
 * score.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(score.compute().dataSync()[0]); // 5 / 6
 * ```
 */
export class BinaryFBetaScore extends BinaryCountMetric {
  readonly beta: number;

  constructor(options: BinaryFBetaOptions) {
    super(options, MORE);
    this.beta = checked("BinaryFBetaScore", options.beta);
  }
  protected override score(counts: Counts): tf.Tensor {
    return fBetaOf(counts, this.rules, this.beta);
  }
}

/**
 * The harmonic mean of precision and recall, for one of several classes; recall has the weight `beta`².
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassFBetaScore } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassFBetaScore({ numClasses: 3, beta: 2 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.7963
 * ```
 */
export class MulticlassFBetaScore extends MulticlassCountMetric {
  readonly beta: number;

  constructor(options: MulticlassFBetaOptions) {
    super(options, MORE);
    this.beta = checked("MulticlassFBetaScore", options.beta);
  }
  protected override score(counts: Counts): tf.Tensor {
    return fBetaOf(counts, this.rules, this.beta);
  }
}

/**
 * The harmonic mean of precision and recall, for several yes or no; recall has the weight `beta`².
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelFBetaScore } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelFBetaScore({ numLabels: 2, beta: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.75
 * ```
 */
export class MultilabelFBetaScore extends MultilabelCountMetric {
  readonly beta: number;

  constructor(options: MultilabelFBetaOptions) {
    super(options, MORE);
    this.beta = checked("MultilabelFBetaScore", options.beta);
  }
  protected override score(counts: Counts): tf.Tensor {
    return fBetaOf(counts, this.rules, this.beta);
  }
}

/**
 * The harmonic mean of precision and recall, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryF1Score } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryF1Score();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().arraySync()); // 2 / 3
 * ```
 */
export class BinaryF1Score extends BinaryCountMetric {
  constructor(options: BinaryOptions & ZeroDivisionOption = {}) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return fBetaOf(counts, this.rules, 1);
  }
}

/**
 * The harmonic mean of precision and recall, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassF1Score } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassF1Score({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 7 / 9
 * ```
 */
export class MulticlassF1Score extends MulticlassCountMetric {
  constructor(options: MulticlassOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return fBetaOf(counts, this.rules, 1);
  }
}

/**
 * The harmonic mean of precision and recall, for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelF1Score } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelF1Score({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.75
 * ```
 */
export class MultilabelF1Score extends MultilabelCountMetric {
  constructor(options: MultilabelOptions & ZeroDivisionOption) {
    super(options, ["zeroDivision"]);
  }
  protected override score(counts: Counts): tf.Tensor {
    return fBetaOf(counts, this.rules, 1);
  }
}

export const binaryFbetaScore = functionalForm(BinaryFBetaScore);
export const multiclassFbetaScore = functionalForm(MulticlassFBetaScore);
export const multilabelFbetaScore = functionalForm(MultilabelFBetaScore);
export const binaryF1Score = functionalForm(BinaryF1Score);
export const multiclassF1Score = functionalForm(MulticlassF1Score);
export const multilabelF1Score = functionalForm(MultilabelF1Score);

/** The harmonic mean of precision and recall with a weight, by the task. */
export const FBetaScore = taskFront(
  "FBetaScore",
  { binary: BinaryFBetaScore, multiclass: MulticlassFBetaScore, multilabel: MultilabelFBetaScore },
  { average: "micro" },
);
export const fbetaScore = functionalFront(FBetaScore);

/** The harmonic mean of precision and recall, by the task. */
export const F1Score = taskFront(
  "F1Score",
  { binary: BinaryF1Score, multiclass: MulticlassF1Score, multilabel: MultilabelF1Score },
  { average: "micro" },
);
export const f1Score = functionalFront(F1Score);
