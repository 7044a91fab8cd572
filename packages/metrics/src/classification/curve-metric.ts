import { classNameOf, Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { requireOneOf } from "../base/check-options.js";
import { checkCurveTypes, checkLabels, checkScores, refuseInputs } from "./check-inputs.js";
import { checkOptions, refuse, requireOption } from "./check-options.js";
import { ClassRange, isChecked, RANGE_STATE } from "./class-range.js";
import { type CurvePoints, pointsOfScores, thresholdsOf } from "./curve-points.js";
import type { CommonOptions } from "./options.js";
import { OPTION_NAMES } from "./option-names.js";
import { asProbabilities } from "./probabilities.js";
import type { Task } from "./scores.js";
import { labelsLast } from "./sides.js";

/** Options of metrics that go through thresholds. */
export interface CurveOptions extends CommonOptions {
  /**
   * Where to look: so many thresholds from 0 to 1, or these. Counts for them take the same memory however many batches
   * come. Without, every score is a threshold, and all scores are kept until the metric is reset. @default undefined
   */
  readonly thresholds?: number | ArrayLike<number> | undefined;
}

export type BinaryCurveOptions = CurveOptions;

export interface ScoredCurveOptions extends BinaryCurveOptions {
  /** What becomes of scores where any is outside 0…1: probabilities, or "none" leaves them. @default "sigmoid" */
  readonly normalization?: "sigmoid" | "none" | undefined;
}

interface AnyOptions extends ScoredCurveOptions {
  readonly numClasses?: number;
  readonly numLabels?: number;
}

export interface MulticlassCurveOptions extends CurveOptions {
  readonly numClasses: number;
}

export interface MultilabelCurveOptions extends CurveOptions {
  readonly numLabels: number;
}

/** What does not count, in the rows that are kept. */
const LEFT_OUT = -1;

interface Rows {
  /** [rows, classes] */
  readonly scores: tf.Tensor;
  /** [rows, 1] of classes, or [rows, labels] of yes and no; `LEFT_OUT` where it does not count. */
  readonly targets: tf.Tensor;
}

interface Plan {
  readonly task: Task;
  /** How many curves there are. */
  readonly curves: number;
  /** Whether each class of a row is a row of its own. */
  readonly isFlat: boolean;
}

/** Base of metrics that go through thresholds. `compute` reads what was collected. */
abstract class CurveMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = true;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly #plan: Plan;
  readonly #options: AnyOptions;
  readonly #thresholds: readonly number[] | undefined;
  readonly #scores;
  readonly #targets;
  readonly #above;
  readonly #totals;
  readonly #range: ClassRange | undefined;

  protected constructor(task: Task, options: AnyOptions, more: readonly string[], isFlat = false) {
    super(options);
    const name = classNameOf(this);
    const size = task === "binary" ? [] : [task === "multiclass" ? "numClasses" : "numLabels"];
    rejectUnknownOptions(name, options, [...OPTION_NAMES.common, "thresholds", ...size, ...more]);
    checkOptions(name, options);
    if (options.normalization !== undefined)
      requireOneOf(name, "normalization", options.normalization, ["sigmoid", "none"]);
    this.#options = options;
    const classes = task === "multiclass" ? requireOption(name, "numClasses", options.numClasses) : 1;
    const labels = task === "multilabel" ? requireOption(name, "numLabels", options.numLabels) : 1;
    const curves = isFlat ? 1 : classes * labels;
    this.#plan = { task, curves, isFlat };
    this.#thresholds = checkedThresholds(name, options.thresholds);
    if (this.#thresholds === undefined) {
      this.#scores = this.addListState("preds");
      this.#targets = this.addListState("target");
    } else {
      const shape = [2, this.#thresholds.length, curves];
      this.#above = this.addState("above", { reduce: "sum", dtype: "int32", shape });
      this.#totals = this.addState("totals", { reduce: "sum", dtype: "int32", shape: [2, curves] });
    }
    if (isChecked(options.validateArgs))
      this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
        name,
        largest: task === "multiclass" ? classes - 1 : 1,
        isReadEachBatch: options.validateArgs === "each batch",
      });
  }

  /**
   * @param preds probabilities or logits, float32; where any is outside 0 to 1, all are taken for logits
   * @param target classes, int32
   */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    if (isChecked(this.#options.validateArgs)) this.#check(preds, target);
    if (target.size === 0) return;
    const { scores, targets } = this.#rows(preds, target);
    if (this.#thresholds === undefined) {
      this.#scores?.push(scores);
      this.#targets?.push(targets);
    } else this.#count(scores, targets, this.#thresholds);
  }

  /** What its states depend on: metrics of the same text can share them. */
  get collects(): string {
    const { numClasses, numLabels, ignoreIndex } = this.#options;
    const what = { ...this.#plan, thresholds: this.#thresholds, numClasses, numLabels, ignoreIndex };
    return `scores ${JSON.stringify(what)} ${this.#range !== undefined}`;
  }

  protected override verify(): void {
    this.#range?.verify();
  }

  /** The points of each curve. */
  protected curves(): CurvePoints[] {
    const { curves, task, isFlat } = this.#plan;
    const indices = Array.from({ length: curves }, (_, i) => i);
    if (this.#thresholds !== undefined) return this.#binned(indices, this.#thresholds);
    const [scores, targets] = this.#kept();
    const isOfClasses = task === "multiclass" && !isFlat;
    return indices.map((k) => {
      const rows = Math.floor(scores.length / curves);
      const [ownScores, ownTargets] = [new Float32Array(rows), new Int32Array(rows)];
      let count = 0;
      for (let row = 0; row < rows; row += 1) {
        const target = targets[isOfClasses ? row : row * curves + k] ?? LEFT_OUT;
        if (target === LEFT_OUT) continue;
        ownScores[count] = scores[row * curves + k] ?? Number.NaN;
        ownTargets[count] = target;
        count += 1;
      }
      const counted = { scores: ownScores.subarray(0, count), targets: ownTargets.subarray(0, count) };
      return this.#required(pointsOfScores(counted, isOfClasses ? k : 1));
    });
  }

  /** The points of all labels together. */
  protected together(): CurvePoints {
    if (this.#thresholds !== undefined) return summedPoints(this.curves());
    const [scores, targets] = this.#kept();
    const isCounted = (_: number, i: number): boolean => targets[i] !== LEFT_OUT;
    const counted = { scores: scores.filter(isCounted), targets: targets.filter(isCounted) };
    return this.#required(pointsOfScores(counted, 1));
  }

  #required(points: CurvePoints): CurvePoints {
    if (points.thresholds.length > 0) return points;
    return refuseInputs(classNameOf(this), "no target counts", "one target or more that is not ignored", "none");
  }

  #kept(): [scores: Float32Array, targets: Int32Array] {
    return [
      Float32Array.from(this.#scores?.concat()?.dataSync() ?? []),
      Int32Array.from(this.#targets?.concat()?.dataSync() ?? []),
    ];
  }

  #binned(indices: readonly number[], thresholds: readonly number[]): CurvePoints[] {
    const { curves } = this.#plan;
    const above = this.#above?.dataSync() ?? new Int32Array();
    const totals = this.#totals?.dataSync() ?? new Int32Array();
    return indices.map((k) => {
      const met = thresholds.map((_, t) => above[t * curves + k] ?? 0);
      const predicted = thresholds.map((_, t) => above[(thresholds.length + t) * curves + k] ?? 0);
      const positives = totals[k] ?? 0;
      return {
        thresholds,
        tps: met,
        fps: predicted.map((count, t) => count - (met[t] ?? 0)),
        positives,
        negatives: (totals[curves + k] ?? 0) - positives,
        isBinned: true,
        areTargetsZero: false,
      };
    });
  }

  #count(scores: tf.Tensor, targets: tf.Tensor, thresholds: readonly number[]): void {
    if (this.#above === undefined || this.#totals === undefined) return;
    const { curves, task, isFlat } = this.#plan;
    const counts = tf.cast(tf.notEqual(targets, tf.scalar(LEFT_OUT, "int32")), "float32");
    const isOfClasses = task === "multiclass" && !isFlat;
    const actual = isOfClasses
      ? tf.cast(tf.oneHot(tf.cast(tf.reshape(targets, [-1]), "int32"), curves), "float32")
      : tf.cast(tf.equal(targets, tf.scalar(1, "int32")), "float32");
    const reached = tf.cast(
      tf.greaterEqual(tf.expandDims(scores, 1), tf.reshape(tf.tensor1d([...thresholds]), [1, -1, 1])),
      "float32",
    );
    const all = tf.broadcastTo(counts, actual.shape);
    const sums = [tf.mul(actual, all), all].map((rows) => tf.sum(tf.mul(reached, tf.expandDims(rows, 1)), 0));
    addTo(this.#above, tf.stack(sums));
    addTo(this.#totals, tf.stack([tf.sum(tf.mul(actual, all), 0), tf.sum(all, 0)]));
  }

  #rows(preds: tf.Tensor, target: tf.Tensor): Rows {
    const { ignoreIndex, numClasses = 2, numLabels = 1, normalization = "sigmoid" } = this.#options;
    const { task, isFlat } = this.#plan;
    const marked = (x: tf.Tensor): tf.Tensor => {
      const targets = tf.cast(x, "int32");
      const counts = ignoreIndex === undefined ? undefined : tf.notEqual(targets, tf.scalar(ignoreIndex, "int32"));
      this.#range?.watch(targets, undefined, counts);
      return counts === undefined ? targets : tf.where(counts, targets, tf.fill(targets.shape, LEFT_OUT, "int32"));
    };
    if (task === "multilabel")
      return {
        scores: labelsLast(asProbabilities(preds, "sigmoid"), numLabels),
        targets: marked(labelsLast(target, numLabels)),
      };
    const targets = marked(tf.reshape(target, [-1, 1]));
    const counts = ignoreIndex === undefined ? undefined : tf.notEqual(targets, tf.scalar(LEFT_OUT, "int32"));
    if (task === "binary") {
      const rows = tf.reshape(preds, [-1, 1]);
      return { scores: normalization === "none" ? rows : asProbabilities(rows, normalization, counts), targets };
    }
    const rows = labelsLast(preds, numClasses);
    const deciding = counts === undefined ? undefined : tf.broadcastTo(counts, rows.shape);
    const scores = asProbabilities(rows, "softmax", deciding);
    return isFlat ? flat(scores, targets, numClasses) : { scores, targets };
  }

  #check(preds: tf.Tensor, target: tf.Tensor): void {
    const name = classNameOf(this);
    const { numClasses, numLabels = 1 } = this.#options;
    if (this.#plan.task === "multiclass") checkScores(name, preds, target, numClasses);
    else checkLabels(name, preds, target, numLabels);
    checkCurveTypes(name, preds, target);
  }
}

/** Each class of each row as a row of its own, of yes or no. */
function flat(scores: tf.Tensor, targets: tf.Tensor, classes: number): Rows {
  const isTarget = tf.cast(tf.oneHot(tf.cast(tf.reshape(targets, [-1]), "int32"), classes), "int32");
  const left = tf.equal(tf.broadcastTo(targets, isTarget.shape), tf.scalar(LEFT_OUT, "int32"));
  const marked = tf.where(left, tf.fill(isTarget.shape, LEFT_OUT, "int32"), isTarget);
  return { scores: tf.reshape(scores, [-1, 1]), targets: tf.reshape(marked, [-1, 1]) };
}

function checkedThresholds(name: string, thresholds: CurveOptions["thresholds"]): readonly number[] | undefined {
  if (thresholds === undefined) return undefined;
  const isRight =
    typeof thresholds === "number"
      ? Number.isInteger(thresholds) && thresholds >= 2
      : Array.from(thresholds).every((value) => value >= 0 && value <= 1);
  if (!isRight) refuse(name, "thresholds", thresholds, "a whole number from 2 on, or numbers from 0 to 1");
  return thresholdsOf(thresholds);
}

function summedPoints(curves: readonly CurvePoints[]): CurvePoints {
  const [first] = curves;
  const sum = (value: (curve: CurvePoints) => number): number => curves.reduce((all, curve) => all + value(curve), 0);
  const thresholds = first?.thresholds ?? [];
  return {
    thresholds,
    tps: thresholds.map((_, t) => sum(({ tps }) => tps[t] ?? 0)),
    fps: thresholds.map((_, t) => sum(({ fps }) => fps[t] ?? 0)),
    positives: sum(({ positives }) => positives),
    negatives: sum(({ negatives }) => negatives),
    isBinned: true,
    areTargetsZero: false,
  };
}

/** Base of curves of yes or no. */
export abstract class BinaryCurveMetric extends CurveMetric {
  constructor(options: BinaryCurveOptions = {}, more: readonly string[] = []) {
    super("binary", options, more);
  }
  protected get points(): CurvePoints {
    return this.together();
  }
}

/** Base of curves of yes or no whose scores may stay as they are. */
export abstract class ScoredCurveMetric extends BinaryCurveMetric {
  constructor(options: ScoredCurveOptions = {}) {
    super(options, ["normalization"]);
  }
}

/** Base of curves of each of several classes. */
export abstract class MulticlassCurveMetric extends CurveMetric {
  override readonly plotLegendName: string | undefined = "Class";
  /** @param isFlat whether all classes make one curve */
  constructor(options: MulticlassCurveOptions, more: readonly string[] = [], isFlat = false) {
    super("multiclass", options, more, isFlat);
  }
}

/** Base of curves of each of several labels. */
export abstract class MultilabelCurveMetric extends CurveMetric {
  override readonly plotLegendName: string | undefined = "Label";
  constructor(options: MultilabelCurveOptions, more: readonly string[] = []) {
    super("multilabel", options, more);
  }
}
