import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { type AreaAverage, averagedAreas, checkedAreaAverage } from "./averaged-areas.js";
import { refuse } from "./check-options.js";
import {
  BinaryCurveMetric,
  type BinaryCurveOptions,
  MulticlassCurveMetric,
  type MulticlassCurveOptions,
  MultilabelCurveMetric,
  type MultilabelCurveOptions,
} from "./curve-metric.js";
import { type CurveValues, rocOf } from "./curve-values.js";

export interface BinaryAUROCOptions extends BinaryCurveOptions {
  /** Looks at false positive rates up to this one alone, above 0 and at most 1. @default 1 */
  readonly maxFpr?: number | undefined;
}

export interface MulticlassAUROCOptions extends MulticlassCurveOptions {
  /** @default "macro" */
  readonly average?: Exclude<AreaAverage, "micro"> | undefined;
}

export interface MultilabelAUROCOptions extends MultilabelCurveOptions {
  /** @default "macro" */
  readonly average?: AreaAverage | undefined;
}

/** The area under straight lines between the points, up to `maxX`; scaled to 0.5 … 1 where that is less than 1. */
function areaUnder({ x, y }: CurveValues, maxX = 1): number {
  const isFlat = x.every((value) => value === 0) || y.every((value) => value === 0);
  const [xs, ys] = maxX === 1 || isFlat ? [[...x], [...y]] : cutAt(x, y, maxX);
  const area = xs
    .slice(1)
    .reduce((sum, value, i) => sum + ((value - (xs[i] ?? 0)) * ((ys[i] ?? 0) + (ys[i + 1] ?? 0))) / 2, 0);
  if (maxX === 1 || isFlat) return area;
  const least = 0.5 * maxX ** 2;
  return 0.5 * (1 + (area - least) / (maxX - least));
}

function cutAt(x: readonly number[], y: readonly number[], end: number): [number[], number[]] {
  const found = x.findIndex((value) => value > end);
  const stop = found === -1 ? x.length - 1 : found;
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [x[stop - 1], x[stop], y[stop - 1], y[stop]];
  const last = y0 + ((end - x0) / (x1 - x0)) * (y1 - y0);
  return [
    [...x.slice(0, stop), end],
    [...y.slice(0, stop), last],
  ];
}

/**
 * The area under the curve of true over false positive rates, for yes or no: 1 is perfect, 0.5 is chance. `compute`
 * reads what was collected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryAUROC } from "@lightning-ts/metrics";
 *
 * const area = new BinaryAUROC();
 * area.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(area.compute().dataSync()[0]); // 1
 * ```
 */
export class BinaryAUROC extends BinaryCurveMetric {
  readonly #maxFpr: number;

  constructor(options: BinaryAUROCOptions = {}) {
    super(options, ["maxFpr"]);
    this.#maxFpr = options.maxFpr ?? 1;
    if (!(this.#maxFpr > 0 && this.#maxFpr <= 1)) refuse("BinaryAUROC", "maxFpr", options.maxFpr, "above 0, at most 1");
  }
  override compute(): tf.Tensor {
    return tf.scalar(areaUnder(rocOf(this.points), this.#maxFpr));
  }
}

/**
 * The area under the curve of true over false positive rates of each class, and their mean.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassAUROC } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassAUROC({ numClasses: 3 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 1
 * ```
 */
export class MulticlassAUROC extends MulticlassCurveMetric {
  readonly average: AreaAverage;

  constructor(options: MulticlassAUROCOptions) {
    super(options, ["average"]);
    this.average = checkedAreaAverage("MulticlassAUROC", options.average, false);
  }
  override compute(): tf.Tensor {
    const curves = this.curves();
    return averagedAreas(
      curves,
      curves.map((curve) => areaUnder(rocOf(curve))),
      this.average,
    );
  }
}

/**
 * The area under the curve of true over false positive rates of each label, and their mean.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelAUROC } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelAUROC({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.75
 * ```
 */
export class MultilabelAUROC extends MultilabelCurveMetric {
  readonly average: AreaAverage;

  constructor(options: MultilabelAUROCOptions) {
    super(options, ["average"]);
    this.average = checkedAreaAverage("MultilabelAUROC", options.average, true);
  }
  override compute(): tf.Tensor {
    if (this.average === "micro") return tf.scalar(areaUnder(rocOf(this.together())));
    const curves = this.curves();
    return averagedAreas(
      curves,
      curves.map((curve) => areaUnder(rocOf(curve))),
      this.average,
    );
  }
}

export const binaryAuroc = functionalForm(BinaryAUROC);
export const multiclassAuroc = functionalForm(MulticlassAUROC);
export const multilabelAuroc = functionalForm(MultilabelAUROC);

/** The area under the curve of true over false positive rates, by the task. */
export const AUROC = taskFront("AUROC", {
  binary: BinaryAUROC,
  multiclass: MulticlassAUROC,
  multilabel: MultilabelAUROC,
});
export const auroc = functionalFront(AUROC);
