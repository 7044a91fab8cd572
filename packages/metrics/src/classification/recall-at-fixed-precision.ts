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

interface MinPrecisionOption {
  /** The precision that there has to be, from 0 to 1. */
  readonly minPrecision: number;
}

export type BinaryRecallAtFixedPrecisionOptions = BinaryCurveOptions & MinPrecisionOption;
export type MulticlassRecallAtFixedPrecisionOptions = MulticlassCurveOptions & MinPrecisionOption;
export type MultilabelRecallAtFixedPrecisionOptions = MultilabelCurveOptions & MinPrecisionOption;

function recallAt(points: CurvePoints, least: number): Best {
  const { x: precision, y: recall, thresholds } = precisionRecallOf(points);
  return best({ value: recall, condition: precision, thresholds, least });
}

/**
 * The highest recall with at least this precision, for yes or no: [recall, threshold]; the threshold is NaN where
 * recall is 0. `compute` reads what was collected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryRecallAtFixedPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new BinaryRecallAtFixedPrecision({ minPrecision: 0.5 });
 * metric.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * const [recall, threshold] = metric.compute();
 * console.log(recall.dataSync()[0], threshold.dataSync()[0]); // 1, 0.9
 * ```
 */
export class BinaryRecallAtFixedPrecision extends BinaryCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly #least: number;

  constructor(options: BinaryRecallAtFixedPrecisionOptions) {
    super(options, ["minPrecision"]);
    this.#least = checkedShare("BinaryRecallAtFixedPrecision", "minPrecision", options.minPrecision);
  }
  override compute(): readonly [tf.Tensor, tf.Tensor] {
    return stackedBest(recallAt(this.points, this.#least));
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => super.plot(bestValues(shown), options));
  }
}

/**
 * The highest recall with at least this precision, for each of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassRecallAtFixedPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassRecallAtFixedPrecision({ numClasses: 3, minPrecision: 0.5 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * const [recall, thresholds] = metric.compute();
 * console.log(recall.arraySync(), thresholds.shape); // [1, 1, 1]
 * ```
 */
export class MulticlassRecallAtFixedPrecision extends MulticlassCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly #least: number;

  constructor(options: MulticlassRecallAtFixedPrecisionOptions) {
    super(options, ["minPrecision"]);
    this.#least = checkedShare("MulticlassRecallAtFixedPrecision", "minPrecision", options.minPrecision);
  }
  override compute(): readonly [tf.Tensor, tf.Tensor] {
    return stackedBest(this.curves().map((points) => recallAt(points, this.#least)));
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => super.plot(bestValues(shown), options));
  }
}

/**
 * The highest recall with at least this precision, for each of several labels.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelRecallAtFixedPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelRecallAtFixedPrecision({ numLabels: 2, minPrecision: 0.5 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * const [recall, thresholds] = metric.compute();
 * console.log(recall.arraySync(), thresholds.shape); // [1, 1]
 * ```
 */
export class MultilabelRecallAtFixedPrecision extends MultilabelCurveMetric {
  override readonly higherIsBetter = undefined;
  readonly #least: number;

  constructor(options: MultilabelRecallAtFixedPrecisionOptions) {
    super(options, ["minPrecision"]);
    this.#least = checkedShare("MultilabelRecallAtFixedPrecision", "minPrecision", options.minPrecision);
  }
  override compute(): readonly [tf.Tensor, tf.Tensor] {
    return stackedBest(this.curves().map((points) => recallAt(points, this.#least)));
  }
  override plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => super.plot(bestValues(shown), options));
  }
}

export const binaryRecallAtFixedPrecision = functionalForm(BinaryRecallAtFixedPrecision);
export const multiclassRecallAtFixedPrecision = functionalForm(MulticlassRecallAtFixedPrecision);
export const multilabelRecallAtFixedPrecision = functionalForm(MultilabelRecallAtFixedPrecision);

/** The highest recall with at least this precision, by the task. */
export const RecallAtFixedPrecision = taskFront("RecallAtFixedPrecision", {
  binary: BinaryRecallAtFixedPrecision,
  multiclass: MulticlassRecallAtFixedPrecision,
  multilabel: MultilabelRecallAtFixedPrecision,
});
export const recallAtFixedPrecision = functionalFront(RecallAtFixedPrecision);
