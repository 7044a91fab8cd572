import { drawnValue, type PlotOptions, type tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { best, bestValues, checkedShare, stackedBest, type Best } from "./best-point.js";
import type { CurvePoints } from "./curve-points.js";
import {
  BinaryCurveMetric,
  type BinaryCurveOptions,
  MulticlassCurveMetric,
  type MulticlassCurveOptions,
  MultilabelCurveMetric,
  type MultilabelCurveOptions,
} from "./curve-metric.js";
import { precisionRecallOf } from "./curve-values.js";

interface MinRecallOption {
  /** The recall that there has to be, from 0 to 1. */
  readonly minRecall: number;
}

export type BinaryPrecisionAtFixedRecallOptions = BinaryCurveOptions & MinRecallOption;
export type MulticlassPrecisionAtFixedRecallOptions = MulticlassCurveOptions & MinRecallOption;
export type MultilabelPrecisionAtFixedRecallOptions = MultilabelCurveOptions & MinRecallOption;

function precisionAt(points: CurvePoints, least: number): Best {
  const { x: precision, y: recall, thresholds } = precisionRecallOf(points);
  return best({ value: precision, condition: recall, thresholds, least });
}

/**
 * The highest precision with at least this recall, for yes or no: [precision, threshold]; the threshold is NaN where
 * precision is 0. `compute` reads what was collected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryPrecisionAtFixedRecall } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryPrecisionAtFixedRecall({ minRecall: 0.5 });
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * const [precision, threshold] = metric.compute();
 * console.log(precision.dataSync()[0], threshold.dataSync()[0]); // 1, 0.9
 * ```
 */
export class BinaryPrecisionAtFixedRecall extends BinaryCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly #least: number;

  constructor(options: BinaryPrecisionAtFixedRecallOptions) {
    super(options, ["minRecall"]);
    this.#least = checkedShare("BinaryPrecisionAtFixedRecall", "minRecall", options.minRecall);
  }
  override compute(): readonly [tf.Tensor, tf.Tensor] {
    return stackedBest(precisionAt(this.points, this.#least));
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => super.plot(bestValues(shown), options));
  }
}

/**
 * The highest precision with at least this recall, for each of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassPrecisionAtFixedRecall } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassPrecisionAtFixedRecall({ numClasses: 3, minRecall: 0.5 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * const [precision, thresholds] = metric.compute();
 * console.log(precision.arraySync(), thresholds.shape); // [1, 1, 1]
 * ```
 */
export class MulticlassPrecisionAtFixedRecall extends MulticlassCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly #least: number;

  constructor(options: MulticlassPrecisionAtFixedRecallOptions) {
    super(options, ["minRecall"]);
    this.#least = checkedShare("MulticlassPrecisionAtFixedRecall", "minRecall", options.minRecall);
  }
  override compute(): readonly [tf.Tensor, tf.Tensor] {
    return stackedBest(this.curves().map((points) => precisionAt(points, this.#least)));
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => super.plot(bestValues(shown), options));
  }
}

/**
 * The highest precision with at least this recall, for each of several labels.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelPrecisionAtFixedRecall } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelPrecisionAtFixedRecall({ numLabels: 2, minRecall: 0.5 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * const [precision, thresholds] = metric.compute();
 * console.log(precision.arraySync(), thresholds.shape); // [1, 1]
 * ```
 */
export class MultilabelPrecisionAtFixedRecall extends MultilabelCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly #least: number;

  constructor(options: MultilabelPrecisionAtFixedRecallOptions) {
    super(options, ["minRecall"]);
    this.#least = checkedShare("MultilabelPrecisionAtFixedRecall", "minRecall", options.minRecall);
  }
  override compute(): readonly [tf.Tensor, tf.Tensor] {
    return stackedBest(this.curves().map((points) => precisionAt(points, this.#least)));
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => super.plot(bestValues(shown), options));
  }
}

export const binaryPrecisionAtFixedRecall = functionalForm(BinaryPrecisionAtFixedRecall);
export const multiclassPrecisionAtFixedRecall = functionalForm(MulticlassPrecisionAtFixedRecall);
export const multilabelPrecisionAtFixedRecall = functionalForm(MultilabelPrecisionAtFixedRecall);

/** The highest precision with at least this recall, by the task. */
export const PrecisionAtFixedRecall = taskFront("PrecisionAtFixedRecall", {
  binary: BinaryPrecisionAtFixedRecall,
  multiclass: MulticlassPrecisionAtFixedRecall,
  multilabel: MultilabelPrecisionAtFixedRecall,
});
export const precisionAtFixedRecall = functionalFront(PrecisionAtFixedRecall);
