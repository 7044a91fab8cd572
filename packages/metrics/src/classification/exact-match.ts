import { classNameOf, Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { checkOptions, requireOption } from "./check-options.js";
import { ClassRange, isChecked, RANGE_STATE } from "./class-range.js";
import type { CountOptions, ThresholdOption } from "./options.js";
import { OPTION_NAMES } from "./option-names.js";
import { safeDivide } from "./scores.js";
import { classesOf, labelSides, type Prepared } from "./sides.js";

export interface MulticlassExactMatchOptions extends CountOptions {
  readonly numClasses: number;
}

export interface MultilabelExactMatchOptions extends CountOptions, ThresholdOption {
  readonly numLabels: number;
}

/** Base of both: a row counts as met when all of it is right; what is ignored is right. */
abstract class ExactMatchMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = true;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  protected readonly isSamplewise: boolean;
  readonly #correct;
  readonly #samples;
  readonly #total;
  readonly #range: ClassRange | undefined;

  protected constructor(options: CountOptions, largest: number) {
    super(options);
    checkOptions(classNameOf(this), options);
    this.isSamplewise = options.multidimAverage === "samplewise";
    if (this.isSamplewise) this.#samples = this.addListState("samples");
    else {
      this.#correct = this.addState("correct", { reduce: "sum", dtype: "int32" });
      this.#total = this.addState("total", { reduce: "sum", dtype: "int32" });
    }
    if (isChecked(options.validateArgs))
      this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
        name: classNameOf(this),
        largest,
        isReadEachBatch: options.validateArgs === "each batch",
      });
  }

  /** Which rows of a batch are all right, 0 or 1, [rows]; samplewise the share of each sample. */
  protected abstract met(preds: tf.Tensor, target: tf.Tensor): tf.Tensor;

  /**
   * @param preds classes, probabilities or logits
   * @param target classes
   */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const met = this.met(preds, target);
    if (target.size === 0) return;
    this.#samples?.push(met);
    if (this.#correct === undefined || this.#total === undefined) return;
    addTo(this.#correct, tf.sum(met));
    addTo(this.#total, tf.scalar(met.size, "int32"));
  }

  override compute(): tf.Tensor {
    if (this.#correct === undefined || this.#total === undefined) return this.#samples?.concat() ?? tf.zeros([0]);
    return safeDivide(tf.cast(this.#correct, "float32"), tf.cast(this.#total, "float32"));
  }

  protected override verify(): void {
    this.#range?.verify();
  }

  protected watch({ target, preds, counts }: Prepared["classes"]): void {
    this.#range?.watch(target, preds, counts);
  }
}

/** 1 where all of the last dimension is right or ignored. */
function allRight(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): tf.Tensor {
  const isRight = tf.equal(preds, target);
  return tf.cast(tf.all(counts === undefined ? isRight : tf.logicalOr(isRight, tf.logicalNot(counts)), -1), "float32");
}

/**
 * The share of samples whose classes are all right.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassExactMatch } from "@lightning-ts/metrics";
 *
 * const match = new MulticlassExactMatch({ numClasses: 3 });
 * match.update(tf.tensor2d([0, 1, 2, 2], [2, 2], "int32"), tf.tensor2d([0, 1, 2, 1], [2, 2], "int32"));
 * console.log(match.compute().dataSync()[0]); // 0.5
 * ```
 */
export class MulticlassExactMatch extends ExactMatchMetric {
  override readonly plotLegendName = "Class";
  readonly #options: MulticlassExactMatchOptions;

  constructor(options: MulticlassExactMatchOptions) {
    super(options, requireOption("MulticlassExactMatch", "numClasses", options.numClasses) - 1);
    rejectUnknownOptions("MulticlassExactMatch", options, [...OPTION_NAMES.common, "multidimAverage", "numClasses"]);
    this.#options = options;
  }
  protected override met(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
    const { numClasses, ignoreIndex, validateArgs } = this.#options;
    const classes = classesOf(preds, target, {
      name: classNameOf(this),
      classes: numClasses,
      topK: 1,
      ignoreIndex,
      isChecked: isChecked(validateArgs),
      isSamplewise: this.isSamplewise,
    });
    this.watch({ ...classes, preds: preds.rank === target.rank ? classes.preds : undefined });
    const rows = [target.shape[0] ?? 0, -1];
    const counts = classes.counts === undefined || target.size === 0 ? undefined : tf.reshape(classes.counts, rows);
    if (target.size === 0) return tf.zeros([0]);
    return allRight(tf.reshape(classes.preds, rows), tf.reshape(classes.target, rows), counts);
  }
}

/**
 * The share of samples whose labels are all right.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultilabelExactMatch } from "@lightning-ts/metrics";
 *
 * const metric = new MultilabelExactMatch({ numLabels: 2 });
 * const scores = tf.tensor2d([0.9, 0.2, 0.4, 0.7, 0.8, 0.6], [3, 2]);
 * metric.update(scores, tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 1 / 3
 * ```
 */
export class MultilabelExactMatch extends ExactMatchMetric {
  override readonly plotLegendName = "Label";
  readonly #options: MultilabelExactMatchOptions;

  constructor(options: MultilabelExactMatchOptions) {
    super(options, 1);
    requireOption("MultilabelExactMatch", "numLabels", options.numLabels);
    rejectUnknownOptions("MultilabelExactMatch", options, [
      ...OPTION_NAMES.common,
      "multidimAverage",
      "numLabels",
      "threshold",
    ]);
    this.#options = options;
  }
  protected override met(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
    const { numLabels, threshold = 0.5, ignoreIndex, validateArgs } = this.#options;
    const sides = labelSides(preds, target, {
      name: classNameOf(this),
      threshold,
      labels: numLabels,
      ignoreIndex,
      isChecked: isChecked(validateArgs),
      isSamplewise: this.isSamplewise,
    });
    this.watch(sides.classes);
    const rows = allRight(sides.preds, sides.target, sides.classes.counts);
    const samples = target.shape[0] ?? 0;
    return this.isSamplewise && target.size > 0 ? tf.mean(tf.reshape(rows, [samples, -1]), 1) : rows;
  }
}

export const multiclassExactMatch = functionalForm(MulticlassExactMatch);
export const multilabelExactMatch = functionalForm(MultilabelExactMatch);

/** The share of samples that are right as a whole, by the task. */
export const ExactMatch = taskFront("ExactMatch", {
  multiclass: MulticlassExactMatch,
  multilabel: MultilabelExactMatch,
});
export const exactMatch = functionalFront(ExactMatch);
