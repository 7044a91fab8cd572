import { classNameOf, Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { checkCurveTypes, checkLabels, checkScores } from "./check-inputs.js";
import { checkOptions, refuse, requireOption } from "./check-options.js";
import { ClassRange, isChecked, RANGE_STATE } from "./class-range.js";
import type { CommonOptions } from "./options.js";
import { OPTION_NAMES } from "./option-names.js";
import { asProbabilities } from "./probabilities.js";
import { safeDivide } from "./scores.js";
import { labelsLast } from "./sides.js";

/** How the bins' errors become one: their mean by size, the root of the mean of their squares, or the largest. */
export type CalibrationNorm = "l1" | "l2" | "max";

export interface BinaryCalibrationErrorOptions extends CommonOptions {
  /** How many equal parts of 0…1 confidences are gathered in. @default 15 */
  readonly nBins?: number | undefined;
  /** @default "l1" */
  readonly norm?: CalibrationNorm | undefined;
}

export interface MulticlassCalibrationErrorOptions extends BinaryCalibrationErrorOptions {
  readonly numClasses: number;
}

/** How sure a prediction was, and whether it was right: [rows] each. */
interface Confidence {
  readonly confidence: tf.Tensor;
  readonly accuracy: tf.Tensor;
}

/** Base of both: sums of confidences, right answers and rows in each bin; the last bin holds those that are sure. */
abstract class CalibrationMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = false;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly norm: CalibrationNorm;
  readonly nBins: number;
  readonly #options: BinaryCalibrationErrorOptions;
  readonly #bins;
  readonly #range: ClassRange | undefined;

  protected constructor(options: BinaryCalibrationErrorOptions, classes: number) {
    super(options);
    const name = classNameOf(this);
    checkOptions(name, options);
    const { nBins = 15, norm = "l1", validateArgs } = options;
    if (!Number.isInteger(nBins) || nBins < 1) refuse(name, "nBins", nBins, "a whole number from 1 on");
    if (!["l1", "l2", "max"].includes(norm)) refuse(name, "norm", norm, `"l1", "l2" or "max"`);
    this.#options = options;
    this.norm = norm;
    this.nBins = nBins;
    this.#bins = this.addState("bins", { reduce: "sum", shape: [3, nBins + 1] });
    if (isChecked(validateArgs))
      this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
        name,
        largest: classes - 1,
        isReadEachBatch: validateArgs === "each batch",
      });
  }

  /**
   * @param preds probabilities or logits; where any is outside 0 to 1, all are taken for logits
   * @param target classes, int32
   */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { ignoreIndex, validateArgs } = this.#options;
    if (isChecked(validateArgs)) this.check(preds, target);
    if (target.size === 0) return;
    const actual = tf.cast(tf.reshape(target, [-1]), "int32");
    const counts = ignoreIndex === undefined ? undefined : tf.notEqual(actual, tf.scalar(ignoreIndex, "int32"));
    this.#range?.watch(actual, undefined, counts);
    const { confidence, accuracy } = this.confidence(preds, actual, counts);
    const isNan = tf.isNaN(confidence);
    const inBin = this.#inBins(confidence, isNan);
    const kept = counts === undefined ? inBin : tf.mul(inBin, tf.cast(tf.expandDims(counts, 1), "float32"));
    // A NaN in a product would be in every bin.
    const known = tf.where(isNan, tf.zerosLike(confidence), confidence);
    const rows = tf.reshape(tf.stack([known, accuracy, tf.onesLike(confidence)]), [3, -1]);
    addTo(this.#bins, tf.matMul(rows, tf.reshape(kept, [-1, this.nBins + 1])));
    addTo(this.#bins, this.#nanOf(counts === undefined ? isNan : tf.logicalAnd(isNan, counts)));
  }

  /** 1 at the bin of each row; NaN is in the last, as torch sorts it. */
  #inBins(confidence: tf.Tensor, isNan: tf.Tensor): tf.Tensor {
    const bounds = tf.linspace(0, 1, this.nBins + 1);
    const reached = tf.sum(tf.cast(tf.greaterEqual(tf.expandDims(confidence, 1), bounds), "int32"), 1);
    const found = tf.where(isNan, tf.fill(reached.shape, this.nBins + 1, "int32"), reached);
    return tf.cast(tf.oneHot(tf.cast(tf.sub(found, tf.scalar(1, "int32")), "int32"), this.nBins + 1), "float32");
  }

  /** NaN for the sum of the last bin's confidences if there is any, 0 everywhere else. */
  #nanOf(isNan: tf.Tensor): tf.Tensor {
    const mark = tf.where(tf.any(isNan), tf.scalar(Number.NaN), tf.scalar(0));
    return tf.pad(tf.reshape(mark, [1, 1]), [
      [0, 2],
      [this.nBins, 0],
    ]);
  }

  override compute(): tf.Tensor {
    const [confidences, right, counts] = tf.unstack(this.#bins);
    if (confidences === undefined || right === undefined || counts === undefined) return tf.scalar(0);
    // The mean of a bin with a NaN is 0, as torchmetrics has it.
    const known = tf.where(tf.isNaN(confidences), tf.zerosLike(confidences), confidences);
    const errors = tf.abs(tf.sub(safeDivide(right, counts), safeDivide(known, counts)));
    if (this.norm === "max") return tf.max(errors);
    const shares = tf.div(counts, tf.sum(counts));
    if (this.norm === "l1") return tf.sum(tf.mul(errors, shares));
    return tf.sqrt(tf.sum(tf.mul(tf.square(errors), shares)));
  }

  protected override verify(): void {
    this.#range?.verify();
  }

  protected abstract check(preds: tf.Tensor, target: tf.Tensor): void;
  protected abstract confidence(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): Confidence;
}

/**
 * How far probabilities are from how often they are right, for yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryCalibrationError } from "@lightning-ts/metrics";
 *
 * const error = new BinaryCalibrationError({ nBins: 2 });
 * error.update(tf.tensor1d([0.25, 0.25, 0.75, 0.75]), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(error.compute().dataSync()[0]); // 0.25
 * ```
 */
export class BinaryCalibrationError extends CalibrationMetric {
  constructor(options: BinaryCalibrationErrorOptions = {}) {
    super(options, 2);
    rejectUnknownOptions("BinaryCalibrationError", options, [...OPTION_NAMES.common, "nBins", "norm"]);
  }
  protected override check(preds: tf.Tensor, target: tf.Tensor): void {
    checkLabels("BinaryCalibrationError", preds, target, 1);
    checkCurveTypes("BinaryCalibrationError", preds, target);
  }
  protected override confidence(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): Confidence {
    const confidence = asProbabilities(tf.reshape(preds, [-1]), "sigmoid", counts);
    return { confidence, accuracy: tf.cast(target, "float32") };
  }
}

/** How far the highest probability is from how often it is right, for one of several classes. */
export class MulticlassCalibrationError extends CalibrationMetric {
  override readonly plotLegendName = "Class";
  readonly #classes: number;

  constructor(options: MulticlassCalibrationErrorOptions) {
    super(options, requireOption("MulticlassCalibrationError", "numClasses", options.numClasses));
    const known = [...OPTION_NAMES.common, "nBins", "norm", "numClasses"];
    rejectUnknownOptions("MulticlassCalibrationError", options, known);
    this.#classes = options.numClasses;
  }
  protected override check(preds: tf.Tensor, target: tf.Tensor): void {
    checkScores("MulticlassCalibrationError", preds, target, this.#classes);
  }
  protected override confidence(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): Confidence {
    const rows = labelsLast(preds, this.#classes);
    const deciding = counts === undefined ? undefined : tf.broadcastTo(tf.expandDims(counts, 1), rows.shape);
    const scores = asProbabilities(rows, "softmax", deciding);
    const isRight = tf.equal(tf.cast(tf.argMax(scores, 1), "int32"), target);
    return { confidence: tf.max(scores, 1), accuracy: tf.cast(isRight, "float32") };
  }
}

export const binaryCalibrationError = functionalForm(BinaryCalibrationError);
export const multiclassCalibrationError = functionalForm(MulticlassCalibrationError);

/** How far probabilities are from how often they are right, by the task. */
export const CalibrationError = taskFront("CalibrationError", {
  binary: BinaryCalibrationError,
  multiclass: MulticlassCalibrationError,
});
export const calibrationError = functionalFront(CalibrationError);
