import { classNameOf, Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { checkOptions, requireOption } from "./check-options.js";
import { ClassRange, isChecked, RANGE_STATE } from "./class-range.js";
import { countsOf, TALLY_ROWS, tallied } from "./counts.js";
import type { AverageOption, CommonOptions, ThresholdOption, ZeroDivisionOption } from "./options.js";
import { OPTION_NAMES } from "./option-names.js";
import type { Task } from "./scores.js";
import { classSides, labelSides } from "./sides.js";

/** Options of a metric of a confusion matrix, for yes or no. */
export interface BinaryMatrixOptions extends CommonOptions, ThresholdOption {}

/** Options of a metric of a confusion matrix, for one of several classes. */
export interface MulticlassMatrixOptions extends CommonOptions {
  readonly numClasses: number;
}

/** Options of a metric of a confusion matrix, for several yes or no. */
export interface MultilabelMatrixOptions extends CommonOptions, ThresholdOption {
  readonly numLabels: number;
}

type AnyOptions = CommonOptions &
  ThresholdOption &
  AverageOption &
  ZeroDivisionOption & { readonly numClasses?: number | undefined; readonly numLabels?: number | undefined };

const SIZES = { binary: ["threshold"], multiclass: ["numClasses"], multilabel: ["numLabels", "threshold"] } as const;

/**
 * Base of metrics that are made of a confusion matrix: [actual, predicted] classes, int32; with several labels, one
 * such matrix of yes and no for each. A subclass says what becomes of it.
 */
abstract class MatrixMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = true;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly #task: Task;
  readonly #options: AnyOptions;
  readonly #sums;
  readonly #range: ClassRange | undefined;

  protected constructor(task: Task, options: AnyOptions, more: readonly string[]) {
    super(options);
    const name = classNameOf(this);
    rejectUnknownOptions(name, options, [...OPTION_NAMES.common, ...SIZES[task], ...more]);
    checkOptions(name, options);
    this.#task = task;
    this.#options = options;
    const classes = task === "multiclass" ? requireOption(name, "numClasses", options.numClasses) : 2;
    const labels = task === "multilabel" ? requireOption(name, "numLabels", options.numLabels) : 1;
    const shape = task === "multiclass" ? [classes, classes] : [TALLY_ROWS, labels];
    this.#sums = this.addState("sums", { reduce: "sum", dtype: "int32", shape });
    const { validateArgs } = options;
    if (isChecked(validateArgs))
      this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
        name,
        largest: classes - 1,
        isReadEachBatch: validateArgs === "each batch",
      });
  }

  /**
   * @param preds classes, probabilities or logits; where any is outside 0 to 1, all are taken for logits
   * @param target classes
   */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { threshold = 0.5, numClasses, numLabels = 1, ignoreIndex, validateArgs } = this.#options;
    const shared = { name: classNameOf(this), ignoreIndex, isChecked: isChecked(validateArgs), isSamplewise: false };
    const isMulticlass = this.#task === "multiclass";
    const sides = isMulticlass
      ? classSides(preds, target, { ...shared, classes: numClasses, topK: 1 })
      : labelSides(preds, target, {
          ...shared,
          threshold,
          labels: this.#task === "binary" ? 1 : numLabels,
          doIgnoredDecide: this.#task === "multilabel",
        });
    if (target.size === 0) return;
    const { target: actual, preds: predicted, counts } = sides.classes;
    this.#range?.watch(actual, predicted, counts);
    const rows = sides.counts === undefined ? sides.target : tf.mul(sides.target, sides.counts);
    addTo(this.#sums, isMulticlass ? tf.matMul(rows, sides.preds, true) : tallied(sides, undefined));
  }

  /** What its states depend on: metrics of the same text can share them. */
  get collects(): string {
    const { threshold, numClasses, numLabels, ignoreIndex } = this.#options;
    const what = { threshold, numClasses, numLabels, ignoreIndex };
    return `matrix of ${this.#task} ${JSON.stringify(what)} ${this.#range !== undefined}`;
  }

  protected override verify(): void {
    this.#range?.verify();
  }

  /** [classes, classes], or [labels, 2, 2]; float32. */
  protected get matrix(): tf.Tensor {
    if (this.#task === "multiclass") return tf.cast(this.#sums, "float32");
    const { tp, fp, tn, fn } = countsOf(this.#sums);
    const matrices = tf.stack([tf.stack([tn, fp], 1), tf.stack([fn, tp], 1)], 1);
    return this.#task === "binary" ? tf.squeeze(matrices, [0]) : matrices;
  }
}

/** Base of metrics of a confusion matrix of yes or no. */
export abstract class BinaryMatrixMetric extends MatrixMetric {
  constructor(options: BinaryMatrixOptions & ZeroDivisionOption = {}, more: readonly string[] = []) {
    super("binary", options, more);
  }
}

/** Base of metrics of a confusion matrix of several classes. */
export abstract class MulticlassMatrixMetric extends MatrixMetric {
  override readonly plotLegendName: string | undefined = "Class";
  constructor(options: MulticlassMatrixOptions & AverageOption & ZeroDivisionOption, more: readonly string[] = []) {
    super("multiclass", options, more);
  }
}

/** Base of metrics of a confusion matrix of yes and no for each of several labels. */
export abstract class MultilabelMatrixMetric extends MatrixMetric {
  override readonly plotLegendName: string | undefined = "Label";
  constructor(options: MultilabelMatrixOptions & AverageOption & ZeroDivisionOption, more: readonly string[] = []) {
    super("multilabel", options, more);
  }
}
