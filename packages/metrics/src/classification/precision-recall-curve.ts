import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import type { CurvePlotOptions } from "../plot/plot-curve.js";
import { refuse } from "./check-options.js";
import {
  MulticlassCurveMetric,
  type MulticlassCurveOptions,
  MultilabelCurveMetric,
  ScoredCurveMetric,
} from "./curve-metric.js";
import { plotCurves, PRECISION_RECALL_AXES } from "./curve-plots.js";
import { asCurves, asTensors, type Curve, type Curves, meanCurve, precisionRecallOf } from "./curve-values.js";

export interface MulticlassPrecisionRecallCurveOptions extends MulticlassCurveOptions {
  /** "micro" makes one curve of all classes together, "macro" the mean of their curves. @default none of them */
  readonly average?: "micro" | "macro" | undefined;
}

/**
 * Precision and recall at every threshold, for yes or no: [precision, recall, thresholds]. `compute` reads what was
 * collected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryPrecisionRecallCurve } from "@lightning-ts/metrics";
 *
 * const curve = new BinaryPrecisionRecallCurve();
 * curve.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * const [precision, recall, thresholds] = curve.compute();
 * console.log(precision.arraySync(), recall.arraySync(), thresholds.shape);
 * ```
 */
export class BinaryPrecisionRecallCurve extends ScoredCurveMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override compute(): Curve {
    return asTensors(precisionRecallOf(this.points));
  }
  override plot(value?: unknown, options: CurvePlotOptions = {}): string {
    return plotCurves(this, value, PRECISION_RECALL_AXES, options);
  }
}

/**
 * Precision and recall at every threshold, for one of several classes: a curve for each class, or one with `average`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassPrecisionRecallCurve } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassPrecisionRecallCurve({ numClasses: 3 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * const [precision, recall] = metric.compute();
 * console.log([precision].flat().length, [recall].flat().length); // a curve for each class
 * ```
 */
export class MulticlassPrecisionRecallCurve extends MulticlassCurveMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override readonly plotLegendName = undefined;
  readonly average: "micro" | "macro" | undefined;

  constructor(options: MulticlassPrecisionRecallCurveOptions) {
    super(options, ["average"], options.average === "micro");
    const { average } = options;
    if (average !== undefined && !["micro", "macro"].includes(average))
      refuse("MulticlassPrecisionRecallCurve", "average", average, `"micro", "macro" or none`);
    this.average = average;
  }
  override compute(): Curve | Curves {
    const curves = this.curves();
    const values = curves.map(precisionRecallOf);
    const [only] = values;
    if (this.average === "micro" && only !== undefined) return asTensors(only);
    if (this.average === "macro") return asTensors(meanCurve(values, false));
    return asCurves(values, curves[0]?.isBinned === true);
  }
  override plot(value?: unknown, options: CurvePlotOptions = {}): string {
    return plotCurves(this, value, PRECISION_RECALL_AXES, options);
  }
}

/**
 * Precision and recall at every threshold, for several yes or no: a curve for each label.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelPrecisionRecallCurve } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelPrecisionRecallCurve({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * const [precision, recall] = metric.compute();
 * console.log([precision].flat().length, [recall].flat().length); // a curve for each label
 * ```
 */
export class MultilabelPrecisionRecallCurve extends MultilabelCurveMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override readonly plotLegendName = undefined;
  override compute(): Curves {
    const curves = this.curves();
    return asCurves(curves.map(precisionRecallOf), curves[0]?.isBinned === true);
  }
  override plot(value?: unknown, options: CurvePlotOptions = {}): string {
    return plotCurves(this, value, PRECISION_RECALL_AXES, options);
  }
}

export const binaryPrecisionRecallCurve = functionalForm(BinaryPrecisionRecallCurve);
export const multiclassPrecisionRecallCurve = functionalForm(MulticlassPrecisionRecallCurve);
export const multilabelPrecisionRecallCurve = functionalForm(MultilabelPrecisionRecallCurve);

/** Precision and recall at every threshold, by the task. */
export const PrecisionRecallCurve = taskFront("PrecisionRecallCurve", {
  binary: BinaryPrecisionRecallCurve,
  multiclass: MulticlassPrecisionRecallCurve,
  multilabel: MultilabelPrecisionRecallCurve,
});
export const precisionRecallCurve = functionalFront(PrecisionRecallCurve);
