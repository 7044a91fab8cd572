import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { type AreaAverage, averagedAreas, checkedAreaAverage } from "./averaged-areas.js";
import {
  MulticlassCurveMetric,
  type MulticlassCurveOptions,
  MultilabelCurveMetric,
  ScoredCurveMetric,
  type MultilabelCurveOptions,
} from "./curve-metric.js";
import type { CurvePoints } from "./curve-points.js";
import { precisionRecallOf } from "./curve-values.js";

export interface MulticlassAveragePrecisionOptions extends MulticlassCurveOptions {
  /** @default "macro" */
  readonly average?: Exclude<AreaAverage, "micro"> | undefined;
}

export interface MultilabelAveragePrecisionOptions extends MultilabelCurveOptions {
  /** @default "macro" */
  readonly average?: AreaAverage | undefined;
}

/** The mean of precisions, each weighted by how much recall grew. */
function averagePrecisionOf(points: CurvePoints, isNanKept = false): number {
  const { x: precision, y: recall } = precisionRecallOf(points);
  const known = (value = 0): number => (Number.isNaN(value) && !isNanKept ? 0 : value);
  const steps = recall.slice(1).map((value, i) => (known(value) - known(recall[i])) * known(precision[i]));
  return -steps.reduce((sum, step) => sum + step, 0);
}

/** Without thresholds, a class that never occurred has no average precision. */
function ofEach(curves: readonly CurvePoints[]): number[] {
  return curves.map((points) => averagePrecisionOf(points, !points.isBinned));
}

/**
 * The mean of precisions at all thresholds, each weighted by how much recall grew, for yes or no. `compute` reads what
 * was collected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryAveragePrecision } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryAveragePrecision();
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(metric.compute().dataSync()[0]); // 1
 * ```
 */
export class BinaryAveragePrecision extends ScoredCurveMetric {
  override compute(): tf.Tensor {
    return tf.scalar(averagePrecisionOf(this.points));
  }
}

/**
 * The mean of precisions, each weighted by how much recall grew of each class, and their mean.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassAveragePrecision } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassAveragePrecision({ numClasses: 3 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 1
 * ```
 */
export class MulticlassAveragePrecision extends MulticlassCurveMetric {
  readonly average: AreaAverage;

  constructor(options: MulticlassAveragePrecisionOptions) {
    super(options, ["average"]);
    this.average = checkedAreaAverage("MulticlassAveragePrecision", options.average, false);
  }
  override compute(): tf.Tensor {
    const curves = this.curves();
    return averagedAreas(curves, ofEach(curves), this.average);
  }
}

/**
 * The mean of precisions, each weighted by how much recall grew of each label, and their mean.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelAveragePrecision } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelAveragePrecision({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 11 / 12
 * ```
 */
export class MultilabelAveragePrecision extends MultilabelCurveMetric {
  readonly average: AreaAverage;

  constructor(options: MultilabelAveragePrecisionOptions) {
    super(options, ["average"]);
    this.average = checkedAreaAverage("MultilabelAveragePrecision", options.average, true);
  }
  override compute(): tf.Tensor {
    if (this.average === "micro") return tf.scalar(averagePrecisionOf(this.together()));
    const curves = this.curves();
    return averagedAreas(curves, ofEach(curves), this.average);
  }
}

export const binaryAveragePrecision = functionalForm(BinaryAveragePrecision);
export const multiclassAveragePrecision = functionalForm(MulticlassAveragePrecision);
export const multilabelAveragePrecision = functionalForm(MultilabelAveragePrecision);

/** The mean of precisions, each weighted by how much recall grew, by the task. */
export const AveragePrecision = taskFront("AveragePrecision", {
  binary: BinaryAveragePrecision,
  multiclass: MulticlassAveragePrecision,
  multilabel: MultilabelAveragePrecision,
});
export const averagePrecision = functionalFront(AveragePrecision);
