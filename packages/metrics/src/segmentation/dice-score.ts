import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireInteger, requireOneOf } from "../base/check-options.js";
import { rowsOf } from "../base/rows-of.js";
import { ClassRange, RANGE_STATE } from "../classification/class-range.js";
import { meanOfKnown, share } from "./known-shares.js";
import { oneHotInputs, type SegmentationFormat, watchIndexed } from "./one-hot-inputs.js";

export interface DiceScoreOptions {
  readonly numClasses: number;
  /** Whether class 0 counts. @default true */
  readonly includeBackground?: boolean | undefined;
  /** How the scores of classes become one; "none" keeps them apart. @default "macro" */
  readonly average?: "micro" | "macro" | "weighted" | "none" | undefined;
  /** Whether each sample has a score and they are averaged, or all points count together. @default "samplewise" */
  readonly aggregationLevel?: "samplewise" | "global" | undefined;
  /** Whether inputs are 0 and 1 for each class along dimension 1, class numbers, or one of each. @default "one-hot" */
  readonly inputFormat?: SegmentationFormat | undefined;
}

type Resolved = { readonly [TKey in keyof DiceScoreOptions]-?: NonNullable<DiceScoreOptions[TKey]> };

const OPTIONS = ["numClasses", "includeBackground", "average", "aggregationLevel", "inputFormat"];

function resolved(owner: string, options: DiceScoreOptions): Resolved {
  rejectUnknownOptions(owner, options, OPTIONS);
  const { numClasses, includeBackground = true, average = "macro" } = options;
  const { aggregationLevel = "samplewise", inputFormat = "one-hot" } = options;
  requireInteger(owner, "numClasses", numClasses, 1);
  requireOneOf(owner, "average", average, ["micro", "macro", "weighted", "none"]);
  requireOneOf(owner, "aggregationLevel", aggregationLevel, ["samplewise", "global"]);
  requireOneOf(owner, "inputFormat", inputFormat, ["one-hot", "index", "mixed"]);
  return { numClasses, includeBackground, average, aggregationLevel, inputFormat };
}

/** Of each sample and class, [samples, classes]: points in both, in either (those in both twice), and actual ones. */
interface Overlaps {
  readonly both: tf.Tensor;
  readonly sizes: tf.Tensor;
  readonly actual: tf.Tensor;
}

/** [samples], or [samples, classes]; one sample stands for all where all points count together. */
function diceOf(each: Overlaps, { average, aggregationLevel }: Resolved): tf.Tensor {
  const over = (x: tf.Tensor) => (aggregationLevel === "global" ? tf.sum(x, 0, true) : x);
  const { both, sizes, actual } = { both: over(each.both), sizes: over(each.sizes), actual: over(each.actual) };
  const twice = tf.mul(both, 2);
  if (average === "micro") return share(tf.sum(twice, 1), tf.sum(sizes, 1));
  const scores = share(twice, sizes);
  if (average === "none") return scores;
  if (average === "macro") return meanOfKnown(scores, 1);
  const isUnknown = tf.isNaN(scores);
  const weights = share(actual, tf.broadcastTo(tf.sum(actual, 1, true), actual.shape));
  const weighted = tf.mul(scores, weights);
  const sum = tf.sum(tf.where(tf.isNaN(weighted), tf.zerosLike(weighted), weighted), 1);
  return tf.where(tf.all(isUnknown, 1), tf.fill(sum.shape, Number.NaN), sum);
}

function overlapsOf({ preds, target }: { readonly preds: tf.Tensor; readonly target: tf.Tensor }): Overlaps {
  const [inPreds, actual] = [tf.sum(preds, 2), tf.sum(target, 2)];
  return { both: tf.sum(tf.mul(preds, target), 2), sizes: tf.add(inPreds, actual), actual };
}

/**
 * How much predicted and actual regions overlap: of each sample, or of each sample and class with `average: "none"`.
 * NaN where a class is in neither.
 */
export function diceScore(preds: tf.Tensor, target: tf.Tensor, options: DiceScoreOptions): tf.Tensor {
  const settings = resolved("diceScore", options);
  return diceOf(overlapsOf(oneHotInputs(preds, target, { name: "diceScore", ...settings })), settings);
}

/**
 * How much predicted and actual regions of images overlap, 1 at best: the mean over samples of twice the points in
 * both, divided by the points of each.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { DiceScore } from "@lightning-ts/metrics";
 *
 * const dice = new DiceScore({ numClasses: 2, inputFormat: "index" });
 * dice.update(tf.tensor2d([[0, 1, 1, 0]], [1, 4], "int32"), tf.tensor2d([[0, 1, 0, 0]], [1, 4], "int32"));
 * console.log(dice.compute().dataSync()[0]); // (4 / 5 + 2 / 3) / 2
 * ```
 */
export class DiceScore extends Metric {
  override readonly fullStateUpdate = false;
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  readonly #options: Resolved;
  readonly #both = this.addListState("both");
  readonly #sizes = this.addListState("sizes");
  readonly #actual = this.addListState("actual");
  readonly #range: ClassRange;

  constructor(options: DiceScoreOptions) {
    super(options);
    this.#options = resolved("DiceScore", options);
    this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
      name: "DiceScore",
      largest: this.#options.numClasses - 1,
      isReadEachBatch: false,
    });
  }

  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const inputs = oneHotInputs(preds, target, { name: "DiceScore", ...this.#options });
    watchIndexed(this.#range, inputs);
    const { both, sizes, actual } = overlapsOf(inputs);
    this.#both.push(both);
    this.#sizes.push(sizes);
    this.#actual.push(actual);
  }

  override compute(): tf.Tensor {
    const [both, sizes, actual] = [this.#both, this.#sizes, this.#actual].map((list) => rowsOf("DiceScore", list));
    if (both === undefined || sizes === undefined || actual === undefined)
      throw new RangeError("There are three lists.");
    return meanOfKnown(diceOf({ both, sizes, actual }, this.#options), 0);
  }

  protected override verify(): void {
    this.#range.verify();
  }
}
