import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { asFloats } from "../base/as-floats.js";
import { refusedOption } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";
import { partsOf } from "../base/parts-of.js";
import { reducedRows } from "../base/row-values.js";
import { rowsOf } from "../base/rows-of.js";
import { warnOnce } from "../base/warn-once.js";
import {
  asRowReduction,
  inRange,
  requireImageReduction,
  widthOf,
  type DataRange,
  type ImageReduction,
} from "./image-values.js";

export interface PeakSignalNoiseRatioOptions {
  /** How far the least and the largest value can be apart, or both, to which values are then clipped. */
  readonly dataRange: DataRange;
  /** The base of the logarithm. @default 10 */
  readonly base?: number | undefined;
  /** How the values of images become one, where `dim` tells images apart. @default "elementwise_mean" */
  readonly reduction?: ImageReduction | undefined;
  /** The dimensions that make one value. @default undefined, all */
  readonly dim?: number | readonly number[] | undefined;
}

interface Settings {
  readonly dataRange: DataRange;
  readonly base: number;
  readonly reduction: ImageReduction;
  readonly dim: readonly number[] | undefined;
}

function resolved(owner: string, options: PeakSignalNoiseRatioOptions): Settings {
  rejectUnknownOptions(owner, options, ["dataRange", "base", "reduction", "dim"]);
  const { dataRange, base = 10, reduction = "elementwise_mean", dim } = options;
  if (!(widthOf(dataRange) > 0))
    throw refusedOption(owner, "dataRange", dataRange, "a width above 0, or [least, largest]");
  requireImageReduction(owner, reduction);
  if (dim === undefined && reduction !== "elementwise_mean")
    warnOnce(`${owner} has no use for reduction "${reduction}" without dim: there is one value.`);
  return { dataRange, base, reduction, dim: typeof dim === "number" ? [dim] : dim };
}

/** Sums of squared differences, and how many there are of each. */
function measured(preds: tf.Tensor, target: tf.Tensor, { dataRange, dim }: Settings) {
  requireSameShape("PeakSignalNoiseRatio", preds, target);
  const difference = tf.sub(inRange(asFloats(preds), dataRange), inRange(asFloats(target), dataRange));
  const axes = dim ?? preds.shape.map((_, axis) => axis);
  const sum = tf.sum(tf.square(difference), [...axes]);
  return { sum, count: preds.size / sum.size };
}

function decibels(meanSquare: tf.Tensor, { dataRange, base }: Settings): tf.Tensor {
  const ratio = tf.sub(2 * Math.log(widthOf(dataRange)), tf.log(meanSquare));
  return tf.mul(ratio, 10 / Math.log(base));
}

/**
 * The peak signal-to-noise ratio, in decibels.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; for `reduction: "none"` one value for each of the dimensions that are not in `dim`; differentiable
 */
export function peakSignalNoiseRatio(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: PeakSignalNoiseRatioOptions,
): tf.Tensor {
  const settings = resolved("peakSignalNoiseRatio", options);
  const { sum, count } = measured(preds, target, settings);
  return reducedRows(decibels(tf.div(sum, count), settings), asRowReduction(settings.reduction));
}

/**
 * The peak signal-to-noise ratio over all batches, in decibels.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { PeakSignalNoiseRatio } from "@lightning-ts/metrics";
 *
 * const ratio = new PeakSignalNoiseRatio({ dataRange: 3 });
 * ratio.update(tf.tensor2d([[0, 1], [2, 3]]), tf.tensor2d([[3, 2], [1, 0]]));
 * console.log(ratio.compute().dataSync()[0]?.toFixed(4)); // 2.5527
 * ```
 */
export class PeakSignalNoiseRatio extends Metric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly fullStateUpdate = false;
  readonly #settings: Settings;
  readonly #sum = this.addState("sum", { reduce: "sum" });
  readonly #count = this.addState("count", { reduce: "sum" });
  /** Sums and counts of each image, [images, 2], where there is a value for each. */
  readonly #images = this.addListState("images");

  constructor(options: PeakSignalNoiseRatioOptions) {
    super(options);
    this.#settings = resolved("PeakSignalNoiseRatio", options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { sum, count } = measured(preds, target, this.#settings);
    if (this.#settings.dim === undefined) {
      addTo(this.#sum, sum);
      addTo(this.#count, count);
    } else {
      const sums = tf.reshape(sum, [-1]);
      this.#images.push(tf.stack([sums, tf.fill(sums.shape, count)], 1));
    }
  }

  override compute(): tf.Tensor {
    if (this.#settings.dim === undefined) return decibels(tf.div(this.#sum, this.#count), this.#settings);
    const part = partsOf(rowsOf("PeakSignalNoiseRatio", this.#images), 1);
    const values = decibels(tf.div(part(0), part(1)), this.#settings);
    return reducedRows(values, asRowReduction(this.#settings.reduction));
  }
}
