import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import {
  BinaryMatrixMetric,
  type BinaryMatrixOptions,
  MulticlassMatrixMetric,
  type MulticlassMatrixOptions,
  MultilabelMatrixMetric,
  type MultilabelMatrixOptions,
} from "./matrix-metric.js";
import type { Average, AverageOption, ZeroDivisionOption } from "./options.js";
import { safeDivide } from "./scores.js";

export type BinaryJaccardOptions = BinaryMatrixOptions & ZeroDivisionOption;
export type MulticlassJaccardOptions = MulticlassMatrixOptions & AverageOption & ZeroDivisionOption;
export type MultilabelJaccardOptions = MultilabelMatrixOptions & AverageOption & ZeroDivisionOption;

interface Parts {
  /** What is in both, for each class. */
  readonly both: tf.Tensor;
  readonly actual: tf.Tensor;
  readonly predicted: tf.Tensor;
}

interface Rules {
  readonly average: Average;
  readonly zeroDivision: number;
  /** A class that is left out of averages. */
  readonly left: number | undefined;
  /** Whether classes that never occurred are left out too. */
  readonly leavesUnseenOut: boolean;
}

function partsOfClasses(matrix: tf.Tensor): Parts {
  const classes = matrix.shape[0] ?? 0;
  return { both: tf.sum(tf.mul(matrix, tf.eye(classes)), 1), actual: tf.sum(matrix, 1), predicted: tf.sum(matrix, 0) };
}

/** The yes of each label alone. */
function partsOfLabels(matrices: tf.Tensor): Parts {
  const yes = (x: tf.Tensor): tf.Tensor => tf.gather(x, 1, 1);
  return { both: yes(yes(matrices)), actual: yes(tf.sum(matrices, 2)), predicted: yes(tf.sum(matrices, 1)) };
}

function jaccardOf(
  { both, actual, predicted }: Parts,
  { average, zeroDivision, left, leavesUnseenOut }: Rules,
): tf.Tensor {
  const united = tf.sub(tf.add(actual, predicted), both);
  const classes = united.size;
  const isLeft = left !== undefined && left >= 0 && left < classes;
  const kept = isLeft
    ? tf.sub(1, tf.cast(tf.oneHot(tf.scalar(left, "int32"), classes), "float32"))
    : tf.ones([classes]);
  if (average === "micro") return safeDivide(tf.sum(both), tf.sum(tf.mul(united, kept)), zeroDivision);
  const scores = safeDivide(both, united, zeroDivision);
  if (average === "none") return scores;
  const seen = tf.cast(tf.greater(tf.add(actual, predicted), 0), "float32");
  const weights = average === "weighted" ? actual : leavesUnseenOut ? tf.mul(kept, seen) : kept;
  return tf.sum(tf.div(tf.mul(weights, scores), tf.sum(weights)));
}

/**
 * What is in both of what was predicted and what was to be found, as a share of what is in either; for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryJaccardIndex } from "@lightning-ts/metrics";
 *
 * const index = new BinaryJaccardIndex();
 * index.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(index.compute().dataSync()[0]); // 1 / 2
 * ```
 */
export class BinaryJaccardIndex extends BinaryMatrixMetric {
  readonly #zeroDivision: number;

  constructor(options: BinaryJaccardOptions = {}) {
    super(options, ["zeroDivision"]);
    this.#zeroDivision = options.zeroDivision ?? 0;
  }
  override compute(): tf.Tensor {
    const parts = partsOfLabels(tf.expandDims(this.matrix, 0));
    const rules = { zeroDivision: this.#zeroDivision, left: undefined, leavesUnseenOut: false };
    return jaccardOf(parts, { average: "micro", ...rules });
  }
}

/**
 * What is in both of predicted and actual, as a share of what is in either; for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassJaccardIndex } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassJaccardIndex({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 2 / 3
 * ```
 */
export class MulticlassJaccardIndex extends MulticlassMatrixMetric {
  readonly #rules: Rules;

  constructor(options: MulticlassJaccardOptions) {
    super(options, ["average", "zeroDivision"]);
    const { average = "macro", zeroDivision = 0, ignoreIndex } = options;
    this.#rules = { average, zeroDivision, left: ignoreIndex, leavesUnseenOut: true };
  }
  override compute(): tf.Tensor {
    return jaccardOf(partsOfClasses(this.matrix), this.#rules);
  }
}

/**
 * What is in both of predicted and actual, as a share of what is in either; for several yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelJaccardIndex } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelJaccardIndex({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 2 / 3
 * ```
 */
export class MultilabelJaccardIndex extends MultilabelMatrixMetric {
  readonly #rules: Rules;

  constructor(options: MultilabelJaccardOptions) {
    super(options, ["average", "zeroDivision"]);
    const { average = "macro", zeroDivision = 0 } = options;
    this.#rules = { average, zeroDivision, left: undefined, leavesUnseenOut: false };
  }
  override compute(): tf.Tensor {
    return jaccardOf(partsOfLabels(this.matrix), this.#rules);
  }
}

export const binaryJaccardIndex = functionalForm(BinaryJaccardIndex);
export const multiclassJaccardIndex = functionalForm(MulticlassJaccardIndex);
export const multilabelJaccardIndex = functionalForm(MultilabelJaccardIndex);

/** What is in both of predicted and actual, as a share of what is in either; by the task. */
export const JaccardIndex = taskFront("JaccardIndex", {
  binary: BinaryJaccardIndex,
  multiclass: MulticlassJaccardIndex,
  multilabel: MultilabelJaccardIndex,
});
export const jaccardIndex = functionalFront(JaccardIndex);
