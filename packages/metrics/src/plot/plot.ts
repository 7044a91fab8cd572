import { classNameOf, isPromiseLike, type Metric, MisconfigurationError, tensorScope, tf } from "@lightning-ts/core";
import {
  BinaryConfusionMatrix,
  MulticlassConfusionMatrix,
  MultilabelConfusionMatrix,
} from "../classification/confusion-matrix.js";
import {
  BinaryPrecisionRecallCurve,
  MulticlassPrecisionRecallCurve,
  MultilabelPrecisionRecallCurve,
} from "../classification/precision-recall-curve.js";
import { BinaryROC, MulticlassROC, MultilabelROC } from "../classification/roc.js";
import type { MetricCollection } from "../collection/metric-collection.js";
import { MetricTracker } from "../wrappers/metric-tracker.js";
import { plotConfusionMatrix } from "./plot-confusion-matrix.js";
import { plotCurve } from "./plot-curve.js";
import { type PlotOptions, plotValues } from "./plot-values.js";

const ROCS = [BinaryROC, MulticlassROC, MultilabelROC];
const PRECISION_RECALL_CURVES = [
  BinaryPrecisionRecallCurve,
  MulticlassPrecisionRecallCurve,
  MultilabelPrecisionRecallCurve,
];
const MATRICES = [BinaryConfusionMatrix, MulticlassConfusionMatrix, MultilabelConfusionMatrix];

/**
 * A picture of what a metric has collected, as SVG text: a confusion matrix as a table, curves as lines, a tracker's
 * values over its steps, and other values as bars. Computes the metric, and reads.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassConfusionMatrix, plot } from "@lightning-ts/metrics";
 *
 * const matrix = new MulticlassConfusionMatrix({ numClasses: 2 });
 * matrix.update(tf.tensor1d([0, 1, 1], "int32"), tf.tensor1d([0, 0, 1], "int32"));
 * console.log(plot(matrix, { labels: ["cat", "dog"] }).startsWith("<svg")); // node:fs writes it to a file
 * ```
 */
export function plot(metric: Metric | MetricCollection | MetricTracker, options: PlotOptions = {}): string {
  using _scope = tensorScope({ tape: false, name: "plot" });
  const titled = { title: metric instanceof MetricTracker ? undefined : classNameOf(metric), ...options };
  if (metric instanceof MetricTracker) return plotValues(stepsOf(metric.computeAll()), titled);
  const value: unknown = metric.compute();
  if (isPromiseLike(value))
    throw new MisconfigurationError({
      message: `${classNameOf(metric)} computes its value in a promise, and plot does not wait.`,
      tryThis: "plotValues(await metric.compute()).",
    });
  if (isOneOf(MATRICES, metric) && value instanceof tf.Tensor) return plotConfusionMatrix(value, titled);
  if (Array.isArray(value) && isOneOf(ROCS, metric))
    return plotCurve(value[0], value[1], { xLabel: "false positive rate", yLabel: "true positive rate", ...titled });
  if (Array.isArray(value) && isOneOf(PRECISION_RECALL_CURVES, metric))
    return plotCurve(value[1], value[0], { xLabel: "recall", yLabel: "precision", ...titled });
  return plotValues(value, titled);
}

function isOneOf(classes: readonly (abstract new (...options: never[]) => object)[], metric: object): boolean {
  return classes.some((Class) => metric instanceof Class);
}

/** Values of several steps as a list with one of each. */
function stepsOf(all: tf.Tensor | Record<string, tf.Tensor>): unknown[] {
  if (all instanceof tf.Tensor) return tf.unstack(all);
  const parts = Object.entries(all).map(([name, values]) => [name, tf.unstack(values)] as const);
  const steps = parts[0]?.[1].length ?? 0;
  return Array.from({ length: steps }, (_, i) => Object.fromEntries(parts.map(([name, values]) => [name, values[i]])));
}
