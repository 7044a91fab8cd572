import { classNameOf, drawnValue, type PlotOptions, tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { warnOnce } from "../base/warn-once.js";
import { plotConfusionMatrix } from "../plot/plot-confusion-matrix.js";
import { refuse } from "./check-options.js";
import {
  BinaryMatrixMetric,
  type BinaryMatrixOptions,
  MulticlassMatrixMetric,
  type MulticlassMatrixOptions,
  MultilabelMatrixMetric,
  type MultilabelMatrixOptions,
} from "./matrix-metric.js";
import { safeDivide } from "./scores.js";

/**
 * What the numbers of a confusion matrix are shares of: of each actual class, each predicted one, of all; or counts.
 */
export type Normalization = "true" | "pred" | "all" | "none";

interface NormalizeOption {
  /** What the numbers are shares of. @default "none", which gives counts */
  readonly normalize?: Normalization | undefined;
}

export type BinaryConfusionMatrixOptions = BinaryMatrixOptions & NormalizeOption;
export type MulticlassConfusionMatrixOptions = MulticlassMatrixOptions & NormalizeOption;
export type MultilabelConfusionMatrixOptions = MultilabelMatrixOptions & NormalizeOption;

const AXES = { true: [-1], pred: [-2], all: [-2, -1] };

function checked(name: string, normalize: Normalization = "none"): Normalization {
  if (normalize === "none" || normalize in AXES) return normalize;
  return refuse(name, "normalize", normalize, `"true", "pred", "all" or "none"`);
}

function normalized(matrix: tf.Tensor, normalize: Normalization): tf.Tensor {
  if (normalize === "none") return tf.cast(matrix, "int32");
  return safeDivide(matrix, wholes(matrix, normalize));
}

function wholes(matrix: tf.Tensor, normalize: Exclude<Normalization, "none">): tf.Tensor {
  const axes = AXES[normalize].map((axis) => matrix.rank + axis);
  return tf.broadcastTo(tf.sum(matrix, axes, true), matrix.shape);
}

function plotMatrix(metric: { compute(): tf.Tensor }, value: unknown, options: PlotOptions): string {
  return drawnValue(metric, value, (matrix) => {
    if (!(matrix instanceof tf.Tensor)) return refuse(classNameOf(metric), "value", matrix, "one confusion matrix");
    return plotConfusionMatrix(matrix, { title: classNameOf(metric), ...options });
  });
}

function warnOfEmpty(matrix: tf.Tensor, normalize: Normalization): void {
  if (normalize === "none") return;
  const count = tf.sum(tf.cast(tf.equal(wholes(matrix, normalize), 0), "int32")).dataSync()[0] ?? 0;
  if (count > 0) warnOnce(`${count} NaN values found in confusion matrix have been replaced with zeros.`);
}

/**
 * How often each class was taken for each, for yes or no: [actual, predicted].
 * @example
 * ```ts
 * import { classNameOf, drawnValue, type PlotOptions, tf } from "@lightning-ts/core";
 * import { BinaryConfusionMatrix } from "@lightning-ts/metrics";
 *
 * const matrix = new BinaryConfusionMatrix();
 * matrix.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(matrix.compute().arraySync()); // [[1, 1], [0, 1]]
 * ```
 */
export class BinaryConfusionMatrix extends BinaryMatrixMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  readonly normalize: Normalization;

  constructor(options: BinaryConfusionMatrixOptions = {}) {
    super(options, ["normalize"]);
    this.normalize = checked("BinaryConfusionMatrix", options.normalize);
  }
  override compute(): tf.Tensor {
    return normalized(this.matrix, this.normalize);
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return plotMatrix(this, value, options);
  }
  protected override verify(): void {
    super.verify();
    warnOfEmpty(this.matrix, this.normalize);
  }
}

/**
 * How often each class was taken for each, for one of several classes: [actual, predicted].
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassConfusionMatrix } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassConfusionMatrix({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
 * ```
 */
export class MulticlassConfusionMatrix extends MulticlassMatrixMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override readonly plotLegendName = undefined;
  readonly normalize: Normalization;

  constructor(options: MulticlassConfusionMatrixOptions) {
    super(options, ["normalize"]);
    this.normalize = checked("MulticlassConfusionMatrix", options.normalize);
  }
  override compute(): tf.Tensor {
    return normalized(this.matrix, this.normalize);
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return plotMatrix(this, value, options);
  }
  protected override verify(): void {
    super.verify();
    warnOfEmpty(this.matrix, this.normalize);
  }
}

/**
 * How often yes and no were taken for each other, for each of several labels: [labels, actual, predicted].
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelConfusionMatrix } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelConfusionMatrix({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // [[[0, 1], [1, 1]], [[1, 0], [0, 2]]]
 * ```
 */
export class MultilabelConfusionMatrix extends MultilabelMatrixMetric {
  override readonly higherIsBetter = undefined;
  override readonly plotLowerBound = undefined;
  override readonly plotUpperBound = undefined;
  override readonly plotLegendName = undefined;
  readonly normalize: Normalization;

  constructor(options: MultilabelConfusionMatrixOptions) {
    super(options, ["normalize"]);
    this.normalize = checked("MultilabelConfusionMatrix", options.normalize);
  }
  override compute(): tf.Tensor {
    return normalized(this.matrix, this.normalize);
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return plotMatrix(this, value, options);
  }
  protected override verify(): void {
    super.verify();
    warnOfEmpty(this.matrix, this.normalize);
  }
}

export const binaryConfusionMatrix = functionalForm(BinaryConfusionMatrix);
export const multiclassConfusionMatrix = functionalForm(MulticlassConfusionMatrix);
export const multilabelConfusionMatrix = functionalForm(MultilabelConfusionMatrix);

/** How often each class was taken for each, by the task. */
export const ConfusionMatrix = taskFront("ConfusionMatrix", {
  binary: BinaryConfusionMatrix,
  multiclass: MulticlassConfusionMatrix,
  multilabel: MultilabelConfusionMatrix,
});
export const confusionMatrix = functionalFront(ConfusionMatrix);
