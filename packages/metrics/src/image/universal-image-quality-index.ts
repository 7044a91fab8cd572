import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { refusedOption } from "../base/check-options.js";
import { reducedRows } from "../base/row-values.js";
import { rowsOf } from "../base/rows-of.js";
import { warnOnce } from "../base/warn-once.js";
import { asRowReduction, requireImageReduction, requireImages, type ImageReduction } from "./image-values.js";
import { localStatistics } from "./local-statistics.js";
import { requireWindow } from "./ssim-options.js";
import { cropped, gaussianWeights, type WindowAxis } from "./window.js";

export interface UniversalImageQualityIndexOptions {
  /** How many pixels the window has in height and width, both odd. @default [11, 11] */
  readonly kernelSize?: readonly [number, number] | undefined;
  /** How wide the bell curve is, in both. @default [1.5, 1.5] */
  readonly sigma?: readonly [number, number] | undefined;
  /** How the values of pixels become one. @default "elementwise_mean" */
  readonly reduction?: ImageReduction | undefined;
}

const NAME = "UniversalImageQualityIndex";
/** Added to what is divided by: float32's relative rounding error. */
const EPSILON = 2 ** -23;

interface Settings {
  readonly axes: readonly WindowAxis[];
  readonly reduction: ImageReduction;
}

function resolved(owner: string, options: UniversalImageQualityIndexOptions): Settings {
  rejectUnknownOptions(owner, options, ["kernelSize", "sigma", "reduction"]);
  const { kernelSize = [11, 11], sigma = [1.5, 1.5], reduction = "elementwise_mean" } = options;
  if (kernelSize.length !== 2) throw refusedOption(owner, "kernelSize", kernelSize, "two numbers");
  if (sigma.length !== 2) throw refusedOption(owner, "sigma", sigma, "two numbers");
  requireWindow(owner, kernelSize, sigma);
  requireImageReduction(owner, reduction);
  const axes = kernelSize.map((size, i) => ({
    weights: gaussianWeights(size, sigma[i] ?? 1),
    padding: (size - 1) / 2,
  }));
  return { axes, reduction };
}

/** The index around each pixel but those at the edges, [batch, channels, height, width]. */
function qualities(preds: tf.Tensor, target: tf.Tensor, { axes }: Settings): tf.Tensor {
  requireImages(NAME, preds, target, [4]);
  const seen = localStatistics(preds, target, axes);
  const upper = tf.mul(tf.mul(seen.meanProduct, 2), tf.mul(seen.covariance, 2));
  const means = tf.add(seen.predsMeanSquare, seen.targetMeanSquare);
  const lower = tf.mul(means, tf.add(seen.predsVariance, seen.targetVariance));
  const index = tf.div(upper, tf.add(lower, EPSILON));
  return cropped(
    index,
    axes.map(({ padding }) => padding),
  );
}

/**
 * Wang and Bovik's index of the quality of images, from -1 to 1; 1 is best.
 * @param preds float32 [batch, channels, height, width]
 * @param target the same shape
 * @returns a scalar, or the index around each pixel for `reduction: "none"`; differentiable
 */
export function universalImageQualityIndex(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: UniversalImageQualityIndexOptions = {},
): tf.Tensor {
  const settings = resolved("universalImageQualityIndex", options);
  return reducedRows(qualities(preds, target, settings), asRowReduction(settings.reduction));
}

/**
 * Wang and Bovik's index of the quality of images over all batches, from -1 to 1; 1 is best.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { UniversalImageQualityIndex } from "@lightning-ts/metrics";
 *
 * const quality = new UniversalImageQualityIndex();
 * const image = tf.tensor4d(Array.from({ length: 256 }, (_, i) => (i % 16) / 16), [1, 1, 16, 16]);
 * quality.update(image, image);
 * console.log(quality.compute().dataSync()[0]?.toFixed(3)); // 1.000
 * ```
 */
export class UniversalImageQualityIndex extends Metric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  override readonly fullStateUpdate = false;
  readonly #settings: Settings;
  readonly #sum = this.addState("sum", { reduce: "sum" });
  readonly #count = this.addState("count", { reduce: "sum" });
  readonly #maps = this.addListState("maps");

  constructor(options: UniversalImageQualityIndexOptions = {}) {
    super(options);
    this.#settings = resolved(NAME, options);
    if (this.#settings.reduction === "none")
      warnOnce(`${NAME} keeps the index around every pixel until it is computed, which needs memory.`);
  }

  /** @param preds and `target` are float32 [batch, channels, height, width] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const map = qualities(preds, target, this.#settings);
    if (this.#settings.reduction === "none") return this.#maps.push(map);
    addTo(this.#sum, tf.sum(map));
    addTo(this.#count, map.size);
  }

  override compute(): tf.Tensor {
    if (this.#settings.reduction === "none") return rowsOf(NAME, this.#maps);
    return this.#settings.reduction === "sum" ? tf.clone(this.#sum) : tf.div(this.#sum, this.#count);
  }
}
