import { F, MisconfigurationError, tf } from "@lightning-ts/core";
import { refusedOption, requireOneOf } from "../base/check-options.js";
import { reducedRows, RowValues } from "../base/row-values.js";
import { asRowReduction, requireImages } from "./image-values.js";
import { structuralSimilarity } from "./similarity-of-structure.js";
import { ssimSettings, type SSIMOptions, type SSIMSettings } from "./ssim-options.js";

/** What is done to similarities below 0 before they are raised to powers. */
export type SimilarityNormalization = "relu" | "simple" | "none";

export interface MultiScaleStructuralSimilarityIndexMeasureOptions extends SSIMOptions {
  /**
   * The powers of the similarities of each scale, the finest first. @default [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
   */
  readonly betas?: readonly number[] | undefined;
  /** "relu" takes 0 for similarities below 0, "simple" moves all of them to 0 … 1. @default "relu" */
  readonly normalize?: SimilarityNormalization | undefined;
}

const NAME = "MultiScaleStructuralSimilarityIndexMeasure";
const BETAS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

interface Settings {
  readonly ssim: SSIMSettings;
  readonly betas: readonly number[];
  readonly normalize: SimilarityNormalization;
}

function resolved(owner: string, options: MultiScaleStructuralSimilarityIndexMeasureOptions): Settings {
  const ssim = ssimSettings(owner, options, ["betas", "normalize"]);
  const { betas = BETAS, normalize = "relu" } = options;
  requireOneOf(owner, "normalize", normalize, ["relu", "simple", "none"]);
  if (betas.length === 0) throw refusedOption(owner, "betas", "[]", "a power for each scale");
  return { ssim, betas, normalize };
}

function requireRoom(images: tf.Tensor, { ssim, betas }: Settings): void {
  const sizes = [ssim.kernelSize].flat();
  const times = Math.max(1, betas.length - 1) ** 2;
  const isLarge = [images.shape.at(-2) ?? 0, images.shape.at(-1) ?? 0].every(
    (length, i) => length >= 2 ** betas.length && Math.floor(length / times) > (sizes[i] ?? sizes[0] ?? 0) - 1,
  );
  if (isLarge) return;
  const needed = Math.max(2 ** betas.length, Math.max(...sizes) * times);
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${NAME} halves images between ${betas.length} scales, and these become too small for its window.`,
    expected: `a height and a width of at least ${needed}`,
    received: `shape [${images.shape.join(", ")}]`,
    tryThis: "fewer betas, or a smaller kernelSize.",
  });
}

/** Products of the similarities of all scales, [batch]. */
function similarities(given: tf.Tensor, wanted: tf.Tensor, settings: Settings): tf.Tensor {
  requireImages(NAME, given, wanted, [4, 5]);
  requireRoom(given, settings);
  const { betas, normalize } = settings;
  let [preds, target] = [given, wanted];
  const powers = betas.map((beta, scale) => {
    const { values, contrasts } = structuralSimilarity({ preds, target }, settings.ssim);
    const isLast = scale === betas.length - 1;
    const value = normalized(isLast ? values : contrasts(), normalize);
    if (!isLast) [preds, target] = [halved(preds), halved(target)];
    return tf.pow(value, beta);
  });
  return powers.reduce((product, power) => tf.mul(product, power));
}

function normalized(value: tf.Tensor, normalize: SimilarityNormalization): tf.Tensor {
  switch (normalize) {
    case "relu":
      return tf.relu(value);
    case "simple":
      return tf.div(tf.add(value, 1), 2);
    case "none":
      return value;
    default:
      return normalize satisfies never;
  }
}

function halved(images: tf.Tensor): tf.Tensor {
  return images.rank === 5 ? F.avgPool3d(images, 2) : F.avgPool2d(images, 2);
}

/**
 * How alike the structures of images are at several scales; 1 is best.
 * @param preds float32 [batch, channels, height, width], or with a depth before the height
 * @param target the same shape
 * @returns a scalar, or [batch] for `reduction: "none"`; differentiable
 */
export function multiscaleStructuralSimilarityIndexMeasure(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: MultiScaleStructuralSimilarityIndexMeasureOptions = {},
): tf.Tensor {
  const settings = resolved("multiscaleStructuralSimilarityIndexMeasure", options);
  return reducedRows(similarities(preds, target, settings), asRowReduction(settings.ssim.reduction));
}

/**
 * How alike the structures of images are at several scales, over all batches; 1 is best.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MultiScaleStructuralSimilarityIndexMeasure } from "@lightning-ts/metrics";
 *
 * const similarity = new MultiScaleStructuralSimilarityIndexMeasure({ dataRange: 1, kernelSize: 3, betas: [0.4, 0.6]
 * });
 * const image = tf.tensor4d(Array.from({ length: 256 }, (_, i) => (i % 16) / 16), [1, 1, 16, 16]);
 * similarity.update(image, image);
 * console.log(similarity.compute().dataSync()[0]?.toFixed(3)); // 1.000
 * ```
 */
export class MultiScaleStructuralSimilarityIndexMeasure extends RowValues {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  readonly #settings: Settings;

  constructor(options: MultiScaleStructuralSimilarityIndexMeasureOptions = {}) {
    const settings = resolved(NAME, options);
    super(NAME, asRowReduction(settings.ssim.reduction), options);
    this.#settings = settings;
  }

  /** @param preds and `target` are float32 [batch, channels, height, width], or with a depth before the height */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.addRows(similarities(preds, target, this.#settings));
  }
}
