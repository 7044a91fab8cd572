import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { refusedOption, requireInteger, requireOneOf } from "../base/check-options.js";
import { requireTensors } from "../base/require-tensors.js";
import { rowsOf } from "../base/rows-of.js";
import { ClassRange, RANGE_STATE } from "../classification/class-range.js";
import { meanOfKnown, share, withoutNaN } from "./known-shares.js";
import { type OneHotInputs, oneHotInputs, type SegmentationFormat, watchIndexed } from "./one-hot-inputs.js";

export interface MeanIoUOptions {
  /** Needed with `inputFormat: "index"`. @default the length of dimension 1 */
  readonly numClasses?: number | undefined;
  /** Whether class 0 counts. @default true */
  readonly includeBackground?: boolean | undefined;
  /** Whether each class has a value of its own. @default false */
  readonly perClass?: boolean | undefined;
  /** Whether inputs are 0 and 1 for each class along dimension 1, class numbers, or one of each. @default "one-hot" */
  readonly inputFormat?: SegmentationFormat | undefined;
}

interface Settings {
  readonly numClasses: number | undefined;
  readonly includeBackground: boolean;
  readonly perClass: boolean;
  readonly inputFormat: SegmentationFormat;
}

const OPTIONS = ["numClasses", "includeBackground", "perClass", "inputFormat"];

function resolved(owner: string, options: MeanIoUOptions): Settings {
  rejectUnknownOptions(owner, options, OPTIONS);
  const { numClasses, includeBackground = true, perClass = false, inputFormat = "one-hot" } = options;
  requireOneOf(owner, "inputFormat", inputFormat, ["one-hot", "index", "mixed"]);
  if (numClasses !== undefined) requireInteger(owner, "numClasses", numClasses, 1);
  else if (inputFormat === "index") {
    throw refusedOption(owner, "numClasses", undefined, 'a whole number of at least 1 with inputFormat "index"');
  }
  return { numClasses, includeBackground, perClass, inputFormat };
}

/** One image alone has no dimension of samples: class numbers [points] or [height, width], as torchmetrics has it. */
function withSamples(x: tf.Tensor, inputFormat: SegmentationFormat): tf.Tensor {
  if (inputFormat === "one-hot" || x.rank === 0 || x.rank > 2) return x;
  return tf.reshape(x, x.rank === 1 ? [1, 1, ...x.shape] : [1, ...x.shape]);
}

/** Inputs as 0 and 1 for each class. */
function inputsOf(name: string, preds: tf.Tensor, target: tf.Tensor, settings: Settings): OneHotInputs {
  requireTensors(name, preds, target);
  const sides = [withSamples(preds, settings.inputFormat), withSamples(target, settings.inputFormat)] as const;
  const numClasses = settings.numClasses ?? classesOf(...sides);
  return oneHotInputs(...sides, { name, ...settings, numClasses });
}

/** The length of dimension 1 of what has 0 and 1 for each class. */
function classesOf(preds: tf.Tensor, target: tf.Tensor): number {
  return (preds.rank >= target.rank ? preds : target).shape[1] ?? 0;
}

/** Of each sample and class, [samples, classes]: points in both by points in either, NaN for a class in neither. */
function scoresOf({ preds, target }: OneHotInputs): tf.Tensor {
  const both = tf.sum(tf.mul(preds, target), 2);
  return share(both, tf.sub(tf.add(tf.sum(preds, 2), tf.sum(target, 2)), both));
}

/**
 * Points in both of predicted and actual regions by points in either: the mean over classes of each sample, or of each
 * sample and class with `perClass`, where -1 stands for a class that is in neither.
 */
export function meanIou(preds: tf.Tensor, target: tf.Tensor, options: MeanIoUOptions = {}): tf.Tensor {
  const settings = resolved("meanIou", options);
  const scores = scoresOf(inputsOf("meanIou", preds, target, settings));
  return settings.perClass ? withoutNaN(scores, -1) : meanOfKnown(scores, 1);
}

/**
 * How much predicted and actual regions of images overlap, 1 at best: points in both by points in either, the mean over
 * all classes of all samples where they are in one of both. With `perClass` a value of each class, -1 if no sample had
 * it.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanIoU } from "@lightning-ts/metrics";
 *
 * const iou = new MeanIoU({ numClasses: 2, inputFormat: "index", perClass: true });
 * iou.update(tf.tensor2d([[0, 1, 1, 0]], [1, 4], "int32"), tf.tensor2d([[0, 1, 0, 0]], [1, 4], "int32"));
 * console.log(iou.compute().arraySync()); // [2 / 3, 1 / 2]
 * ```
 */
export class MeanIoU extends Metric {
  override readonly fullStateUpdate = false;
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  readonly #settings: Settings;
  readonly #scores = this.addListState("scores");
  readonly #extremes = this.addState("range", RANGE_STATE);
  /** With how many classes the first batch was, where no option says it. */
  #numClasses: number | undefined;
  #range: ClassRange | undefined;

  constructor(options: MeanIoUOptions = {}) {
    super(options);
    this.#settings = resolved("MeanIoU", options);
    this.#numClasses = this.#settings.numClasses;
  }

  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const inputs = inputsOf("MeanIoU", preds, target, { ...this.#settings, numClasses: this.#numClasses });
    this.#numClasses = inputs.numClasses;
    const largest = inputs.numClasses - 1;
    this.#range ??= new ClassRange(this.#extremes, { name: "MeanIoU", largest, isReadEachBatch: false });
    watchIndexed(this.#range, inputs);
    this.#scores.push(scoresOf(inputs));
  }

  override compute(): tf.Tensor {
    const scores = rowsOf("MeanIoU", this.#scores);
    return this.#settings.perClass ? withoutNaN(meanOfKnown(scores, 0), -1) : meanOfKnown(scores);
  }

  protected override verify(): void {
    this.#range?.verify();
  }
}
