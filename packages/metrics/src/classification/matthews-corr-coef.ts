import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { BinaryMatrixMetric, MulticlassMatrixMetric, MultilabelMatrixMetric } from "./matrix-metric.js";

/** The smallest float32 that changes 1, which torchmetrics adds where a row or column is empty. */
const EPSILON = 2 ** -23;

/**
 * The matrices of several labels count together. Reads the matrix, because its corner cases have formulas of their own.
 */
function correlationOf(matrix: tf.Tensor): tf.Tensor {
  const together = matrix.rank === 3 ? tf.sum(matrix, 0) : matrix;
  const classes = together.shape[0] ?? 0;
  const counts = together.dataSync();
  const at = (actual: number, predicted: number): number => counts[actual * classes + predicted] ?? 0;
  const indices = Array.from({ length: classes }, (_, i) => i);
  const sumOf = (value: (i: number) => number): number => indices.reduce((sum, i) => sum + value(i), 0);
  if (classes === 2 && at(0, 0) + at(1, 1) === 0 && at(0, 1) + at(1, 0) !== 0) return tf.scalar(-1);
  if (classes === 2 && at(0, 0) + at(1, 1) !== 0 && at(0, 1) + at(1, 0) === 0) return tf.scalar(1);
  const actual = (i: number): number => sumOf((j) => at(i, j));
  const predicted = (i: number): number => sumOf((j) => at(j, i));
  const all = sumOf(actual);
  const right = sumOf((i) => at(i, i));
  const covariance = right * all - sumOf((i) => actual(i) * predicted(i));
  const divisor = (all ** 2 - sumOf((i) => predicted(i) ** 2)) * (all ** 2 - sumOf((i) => actual(i) ** 2));
  if (divisor !== 0) return tf.scalar(covariance / Math.sqrt(divisor));
  return tf.scalar(classes === 2 ? ofEmptySide(at(1, 1), at(0, 1), at(0, 0), at(1, 0)) : 0);
}

/** torchmetrics' values for yes or no where one side is empty. */
function ofEmptySide(tp: number, fp: number, tn: number, fn: number): number {
  const root = Math.sqrt(EPSILON);
  const divisor = (tp + fp + EPSILON) * (tp + fn + EPSILON) * (tn + fp + EPSILON) * (tn + fn + EPSILON);
  const numerator = ((): number => {
    if (fn === 0 && tn === 0) return root * (tp - fp);
    if (fp === 0 && tn === 0) return root * (tp - fn);
    if (tp === 0 && fn === 0) return root * (tn - fp);
    if (tp === 0 && fp === 0) return root * (tn - fn);
    if (tp === 0) return tn - fp * fn;
    return tn === 0 ? tp - fp * fn : tp * tn;
  })();
  return numerator / Math.sqrt(divisor);
}

/**
 * Matthews' correlation of predictions and targets, for yes or no: from −1 to 1. `compute` reads the counts.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryMatthewsCorrCoef } from "@lightning-ts/metrics";
 *
 * const correlation = new BinaryMatthewsCorrCoef();
 * correlation.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(correlation.compute().dataSync()[0]); // 0.5
 * ```
 */
export class BinaryMatthewsCorrCoef extends BinaryMatrixMetric {
  override compute(): tf.Tensor {
    return correlationOf(this.matrix);
  }
}

/**
 * Matthews' correlation of predictions and targets, for one of several classes. `compute` reads the counts.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassMatthewsCorrCoef } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassMatthewsCorrCoef({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.7
 * ```
 */
export class MulticlassMatthewsCorrCoef extends MulticlassMatrixMetric {
  override compute(): tf.Tensor {
    return correlationOf(this.matrix);
  }
}

/**
 * Matthews' correlation of predictions and targets, for several yes or no. `compute` reads the counts.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelMatthewsCorrCoef } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelMatthewsCorrCoef({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.25
 * ```
 */
export class MultilabelMatthewsCorrCoef extends MultilabelMatrixMetric {
  override compute(): tf.Tensor {
    return correlationOf(this.matrix);
  }
}

export const binaryMatthewsCorrcoef = functionalForm(BinaryMatthewsCorrCoef);
export const multiclassMatthewsCorrcoef = functionalForm(MulticlassMatthewsCorrCoef);
export const multilabelMatthewsCorrcoef = functionalForm(MultilabelMatthewsCorrCoef);

/** Matthews' correlation of predictions and targets, by the task. */
export const MatthewsCorrCoef = taskFront("MatthewsCorrCoef", {
  binary: BinaryMatthewsCorrCoef,
  multiclass: MulticlassMatthewsCorrCoef,
  multilabel: MultilabelMatthewsCorrCoef,
});
export const matthewsCorrcoef = functionalFront(MatthewsCorrCoef);
