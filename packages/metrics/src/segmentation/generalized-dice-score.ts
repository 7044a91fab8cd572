import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireInteger, requireOneOf } from "../base/check-options.js";
import { SumOverCount } from "../base/sum-over-count.js";
import { ClassRange, RANGE_STATE } from "../classification/class-range.js";
import { share, withoutNaN } from "./known-shares.js";
import { type OneHotInputs, oneHotInputs, type SegmentationFormat, watchIndexed } from "./one-hot-inputs.js";

export interface GeneralizedDiceScoreOptions {
  readonly numClasses: number;
  /** Whether class 0 counts. @default true */
  readonly includeBackground?: boolean | undefined;
  /** Whether each class has a value of its own. @default false */
  readonly perClass?: boolean | undefined;
  /** A class weighs 1 / points², 1 / points or 1, by its actual points. @default "square" */
  readonly weightType?: "square" | "simple" | "linear" | undefined;
  /** Whether inputs are 0 and 1 for each class along dimension 1, class numbers, or one of each. @default "one-hot" */
  readonly inputFormat?: SegmentationFormat | undefined;
}

type Settings = {
  readonly [TKey in keyof GeneralizedDiceScoreOptions]-?: NonNullable<GeneralizedDiceScoreOptions[TKey]>;
};

const OPTIONS = ["numClasses", "includeBackground", "perClass", "weightType", "inputFormat"];

function resolved(owner: string, options: GeneralizedDiceScoreOptions): Settings {
  rejectUnknownOptions(owner, options, OPTIONS);
  const { numClasses, includeBackground = true, perClass = false } = options;
  const { weightType = "square", inputFormat = "one-hot" } = options;
  requireInteger(owner, "numClasses", numClasses, 1);
  requireOneOf(owner, "weightType", weightType, ["square", "simple", "linear"]);
  requireOneOf(owner, "inputFormat", inputFormat, ["one-hot", "index", "mixed"]);
  return { numClasses, includeBackground, perClass, weightType, inputFormat };
}

/**
 * What each class of each sample weighs, [samples, classes].
 *
 * A class without actual points would weigh infinitely much, and takes the largest weight of a class in the batch. As
 * torchmetrics 1.9 has it, that is not always the same class: it looks in a table of [classes, samples] by the place
 * that the weight has in one of [samples, classes].
 */
function weightsOf(actual: tf.Tensor, weightType: Settings["weightType"]): tf.Tensor {
  if (weightType === "linear") return tf.onesLike(actual);
  const [samples = 0, classes = 0] = actual.shape;
  const isMissing = tf.equal(actual, 0);
  const points = weightType === "square" ? tf.square(actual) : actual;
  const weights = tf.where(
    isMissing,
    tf.zerosLike(actual),
    tf.div(1, tf.where(isMissing, tf.onesLike(actual), points)),
  );
  const largest = tf.tile(tf.reshape(tf.max(weights, 0), [classes, 1]), [1, samples]);
  return tf.where(isMissing, tf.reshape(largest, [samples, classes]), weights);
}

/** [samples], or [samples, classes] with `perClass`; 0 where nothing is there. */
function scoresOf({ preds, target }: OneHotInputs, { weightType, perClass }: Settings): tf.Tensor {
  const actual = tf.sum(target, 2);
  const weights = weightsOf(actual, weightType);
  const twice = tf.mul(tf.mul(tf.sum(tf.mul(preds, target), 2), 2), weights);
  const sizes = tf.mul(tf.add(tf.sum(preds, 2), actual), weights);
  return withoutNaN(perClass ? share(twice, sizes) : share(tf.sum(twice, 1), tf.sum(sizes, 1)), 0);
}

/**
 * How much predicted and actual regions overlap, where small regions count as much as large ones: of each sample, or of
 * each sample and class with `perClass`. 0 where a class is in neither.
 */
export function generalizedDiceScore(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: GeneralizedDiceScoreOptions,
): tf.Tensor {
  const settings = resolved("generalizedDiceScore", options);
  return scoresOf(oneHotInputs(preds, target, { name: "generalizedDiceScore", ...settings }), settings);
}

/**
 * How much predicted and actual regions of images overlap, 1 at best: the mean over samples of a Dice score in which
 * each class weighs less the larger it is. A scalar, or [classes] with `perClass`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { GeneralizedDiceScore } from "@lightning-ts/metrics";
 *
 * const dice = new GeneralizedDiceScore({ numClasses: 2, inputFormat: "index" });
 * dice.update(tf.tensor2d([[0, 1, 1, 0]], [1, 4], "int32"), tf.tensor2d([[0, 1, 0, 0]], [1, 4], "int32"));
 * console.log(dice.compute().dataSync()[0]); // (4 / 9 + 2) / (5 / 9 + 3)
 * ```
 */
export class GeneralizedDiceScore extends SumOverCount {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  readonly #settings: Settings;
  readonly #range: ClassRange;

  constructor(options: GeneralizedDiceScoreOptions) {
    const settings = resolved("GeneralizedDiceScore", options);
    const { numClasses, includeBackground, perClass } = settings;
    const counted = includeBackground || numClasses === 1 ? numClasses : numClasses - 1;
    super(options, perClass ? [counted] : []);
    this.#settings = settings;
    const largest = numClasses - 1;
    const owner = { name: "GeneralizedDiceScore", largest, isReadEachBatch: false };
    this.#range = new ClassRange(this.addState("range", RANGE_STATE), owner);
  }

  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const inputs = oneHotInputs(preds, target, { name: "GeneralizedDiceScore", ...this.#settings });
    watchIndexed(this.#range, inputs);
    this.add(tf.sum(scoresOf(inputs, this.#settings), 0), inputs.preds.shape[0] ?? 0);
  }

  protected override verify(): void {
    this.#range.verify();
  }
}
