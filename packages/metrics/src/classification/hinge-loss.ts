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
import { labelsLast } from "./sides.js";

interface SquaredOption {
  /** Whether losses are squared. @default false */
  readonly squared?: boolean | undefined;
}

export type BinaryHingeLossOptions = CommonOptions & SquaredOption;

export interface MulticlassHingeLossOptions extends CommonOptions, SquaredOption {
  readonly numClasses: number;
  /**
   * Whether the target's score is held against the best of the others, or each class is a yes or no of its own.
   * @default "crammer-singer"
   */
  readonly multiclassMode?: "crammer-singer" | "one-vs-all" | undefined;
}

/** Base of both: the mean over all rows of how far scores are from a margin of 1. */
abstract class HingeLossMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = false;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly #options: CommonOptions & SquaredOption;
  readonly #measures;
  readonly #total = this.addState("total", { reduce: "sum" });
  readonly #range: ClassRange | undefined;

  protected constructor(options: CommonOptions & SquaredOption, classes: number, losses: number | undefined) {
    super(options);
    checkOptions(classNameOf(this), options);
    this.#options = options;
    this.#measures = this.addState("measures", { reduce: "sum", shape: losses === undefined ? [] : [losses] });
    if (isChecked(options.validateArgs))
      this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
        name: classNameOf(this),
        largest: classes - 1,
        isReadEachBatch: options.validateArgs === "each batch",
      });
  }

  /** How far each row is on the right side: [rows] or [rows, classes]. */
  protected abstract margins(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): tf.Tensor;

  /**
   * @param preds probabilities or logits; where any is outside 0 to 1, all are taken for logits
   * @param target classes, int32
   */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { ignoreIndex, squared = false, validateArgs } = this.#options;
    if (isChecked(validateArgs)) this.check(preds, target);
    if (target.size === 0) return;
    const actual = tf.cast(tf.reshape(target, [-1]), "int32");
    const counts = ignoreIndex === undefined ? undefined : tf.notEqual(actual, tf.scalar(ignoreIndex, "int32"));
    this.#range?.watch(actual, undefined, counts);
    const margins = this.margins(preds, actual, counts);
    const losses = tf.relu(tf.sub(1, margins));
    const weights = counts === undefined ? tf.onesLike(actual) : tf.cast(counts, "int32");
    const kept = tf.mul(
      squared ? tf.square(losses) : losses,
      tf.reshape(weights, [-1, ...margins.shape.slice(1).fill(1)]),
    );
    addTo(this.#measures, tf.sum(kept, 0));
    addTo(this.#total, tf.sum(weights));
  }

  override compute(): tf.Tensor {
    return tf.div(this.#measures, this.#total);
  }

  protected override verify(): void {
    this.#range?.verify();
  }

  protected abstract check(preds: tf.Tensor, target: tf.Tensor): void;
}

/**
 * The mean hinge loss of yes or no.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryHingeLoss } from "@lightning-ts/metrics";
 *
 * const loss = new BinaryHingeLoss();
 * loss.update(tf.tensor1d([0.25, 0.75]), tf.tensor1d([0, 1], "int32"));
 * console.log(loss.compute().dataSync()[0]); // 0.75
 * ```
 */
export class BinaryHingeLoss extends HingeLossMetric {
  constructor(options: BinaryHingeLossOptions = {}) {
    super(options, 2, undefined);
    rejectUnknownOptions("BinaryHingeLoss", options, [...OPTION_NAMES.common, "squared"]);
  }
  protected override margins(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): tf.Tensor {
    const scores = asProbabilities(tf.reshape(preds, [-1]), "sigmoid", counts);
    return tf.where(tf.notEqual(target, 0), scores, tf.neg(scores));
  }
  protected override check(preds: tf.Tensor, target: tf.Tensor): void {
    checkLabels("BinaryHingeLoss", preds, target, 1);
    checkCurveTypes("BinaryHingeLoss", preds, target);
  }
}

/**
 * The mean hinge loss of one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassHingeLoss } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassHingeLoss({ numClasses: 3 });
 * const scores = tf.tensor2d([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3], [3, 3]);
 * metric.update(scores, tf.tensor1d([0, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.7
 * ```
 */
export class MulticlassHingeLoss extends HingeLossMetric {
  override readonly plotLegendName = "Class";
  readonly #mode: "crammer-singer" | "one-vs-all";
  readonly #classes: number;

  constructor(options: MulticlassHingeLossOptions) {
    const { numClasses, multiclassMode: mode = "crammer-singer" } = options;
    const classes = requireOption("MulticlassHingeLoss", "numClasses", numClasses);
    super(options, classes, mode === "one-vs-all" ? classes : undefined);
    const known = [...OPTION_NAMES.common, "squared", "numClasses", "multiclassMode"];
    rejectUnknownOptions("MulticlassHingeLoss", options, known);
    if (!["crammer-singer", "one-vs-all"].includes(mode))
      refuse("MulticlassHingeLoss", "multiclassMode", mode, `"crammer-singer" or "one-vs-all"`);
    this.#mode = mode;
    this.#classes = classes;
  }
  protected override margins(preds: tf.Tensor, target: tf.Tensor, counts: tf.Tensor | undefined): tf.Tensor {
    const rows = labelsLast(preds, this.#classes);
    const deciding = counts === undefined ? undefined : tf.broadcastTo(tf.expandDims(counts, 1), rows.shape);
    const scores = asProbabilities(rows, "softmax", deciding);
    const isTarget = tf.cast(tf.oneHot(tf.cast(target, "int32"), this.#classes), "bool");
    if (this.#mode === "one-vs-all") return tf.where(isTarget, scores, tf.neg(scores));
    const own = tf.sum(tf.where(isTarget, scores, tf.zerosLike(scores)), 1);
    return tf.sub(own, tf.max(tf.where(isTarget, tf.fill(scores.shape, Number.NEGATIVE_INFINITY), scores), 1));
  }
  protected override check(preds: tf.Tensor, target: tf.Tensor): void {
    checkScores("MulticlassHingeLoss", preds, target, this.#classes);
  }
}

export const binaryHingeLoss = functionalForm(BinaryHingeLoss);
export const multiclassHingeLoss = functionalForm(MulticlassHingeLoss);

/** The mean hinge loss, by the task. */
export const HingeLoss = taskFront("HingeLoss", { binary: BinaryHingeLoss, multiclass: MulticlassHingeLoss });
export const hingeLoss = functionalFront(HingeLoss);
