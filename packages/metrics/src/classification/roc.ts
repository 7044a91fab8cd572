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
import { plotCurves, ROC_AXES } from "./curve-plots.js";
import { asCurves, asTensors, type Curve, type Curves, meanCurve, rocOf } from "./curve-values.js";

export interface MulticlassROCOptions extends MulticlassCurveOptions {
  /** "micro" makes one curve of all classes together, "macro" the mean of their curves. @default none of them */
  readonly average?: "micro" | "macro" | undefined;
}

/**
 * False and true positive rates at every threshold, for yes or no: [false positive rates, true positive rates,
 * thresholds]. `compute` reads what was collected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryROC } from "@lightning-ts/metrics";
 *
 * const curve = new BinaryROC();
 * curve.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * const [fpr, tpr, thresholds] = curve.compute();
 * console.log(fpr.arraySync(), tpr.arraySync(), thresholds.shape);
 * ```
 */
export class BinaryROC extends ScoredCurveMetric {
  override readonly higherIsBetter = undefined;
  override compute(): Curve {
    return asTensors(rocOf(this.points));
  }
  override plot(value?: unknown, options: CurvePlotOptions = {}): string {
    return plotCurves(this, value, ROC_AXES, options);
  }
}

/**
 * False and true positive rates at every threshold, for one of several classes: a curve for each class, or one with
 * `average`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassROC } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassROC({ numClasses: 3 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * const [fpr, tpr] = metric.compute();
 * console.log([fpr].flat().length, [tpr].flat().length); // a curve for each class
 * ```
 */
export class MulticlassROC extends MulticlassCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly average: "micro" | "macro" | undefined;

  constructor(options: MulticlassROCOptions) {
    super(options, ["average"], options.average === "micro");
    const { average } = options;
    if (average !== undefined && !["micro", "macro"].includes(average))
      refuse("MulticlassROC", "average", average, `"micro", "macro" or none`);
    this.average = average;
  }
  override compute(): Curve | Curves {
    const curves = this.curves();
    const values = curves.map(rocOf);
    const [only] = values;
    if (this.average === "micro" && only !== undefined) return asTensors(only);
    if (this.average === "macro") return asTensors(meanCurve(values, true));
    return asCurves(values, curves[0]?.isBinned === true);
  }
  override plot(value?: unknown, options: CurvePlotOptions = {}): string {
    return plotCurves(this, value, ROC_AXES, options);
  }
}

/**
 * False and true positive rates at every threshold, for several yes or no: a curve for each label.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelROC } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelROC({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * const [fpr, tpr] = metric.compute();
 * console.log([fpr].flat().length, [tpr].flat().length); // a curve for each label
 * ```
 */
export class MultilabelROC extends MultilabelCurveMetric {
  override readonly higherIsBetter = undefined;
  override compute(): Curves {
    const curves = this.curves();
    return asCurves(curves.map(rocOf), curves[0]?.isBinned === true);
  }
  override plot(value?: unknown, options: CurvePlotOptions = {}): string {
    return plotCurves(this, value, ROC_AXES, options);
  }
}

export const binaryRoc = functionalForm(BinaryROC);
export const multiclassRoc = functionalForm(MulticlassROC);
export const multilabelRoc = functionalForm(MultilabelROC);

/** False and true positive rates at every threshold, by the task. */
export const ROC = taskFront("ROC", { binary: BinaryROC, multiclass: MulticlassROC, multilabel: MultilabelROC });
export const roc = functionalFront(ROC);
