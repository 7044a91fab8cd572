import { type tf } from "@lightning-ts/core";
import { refusedOption } from "../base/check-options.js";
import { reducedRows, CollectedRows } from "../base/row-values.js";
import { rowsOf } from "../base/rows-of.js";
import { asRowReduction, requireImages } from "./image-values.js";
import { structuralSimilarity } from "./similarity-of-structure.js";
import { ssimSettings, type SSIMOptions, type SSIMSettings } from "./ssim-options.js";

export interface StructuralSimilarityIndexMeasureOptions extends SSIMOptions {
  /** Gives the similarity around each pixel too. @default false */
  readonly returnFullImage?: boolean | undefined;
  /** Gives the similarity of contrasts of each image too. @default false */
  readonly returnContrastSensitivity?: boolean | undefined;
}

const NAME = "StructuralSimilarityIndexMeasure";
type Extra = "image" | "contrast" | "nothing";

function resolved(owner: string, options: StructuralSimilarityIndexMeasureOptions) {
  const settings = ssimSettings(owner, options, ["returnFullImage", "returnContrastSensitivity"]);
  const { returnFullImage = false, returnContrastSensitivity = false } = options;
  if (returnFullImage && returnContrastSensitivity)
    throw refusedOption(owner, "returnFullImage", true, "false where returnContrastSensitivity is true");
  const extra: Extra = returnFullImage ? "image" : returnContrastSensitivity ? "contrast" : "nothing";
  return { settings, extra };
}

function measured(preds: tf.Tensor, target: tf.Tensor, settings: SSIMSettings, extra: Extra) {
  requireImages(NAME, preds, target, [4, 5]);
  const { map, values, contrasts } = structuralSimilarity({ preds, target }, settings);
  return { values, more: extra === "image" ? map : extra === "contrast" ? contrasts() : undefined };
}

/**
 * How alike the structures of images are; 1 is best.
 * @param preds float32 [batch, channels, height, width], or with a depth before the height
 * @param target the same shape
 * @returns a scalar, or [batch] for `reduction: "none"`; a pair with what else was asked for; differentiable
 */
export function structuralSimilarityIndexMeasure(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: StructuralSimilarityIndexMeasureOptions = {},
): tf.Tensor | [tf.Tensor, tf.Tensor] {
  const { settings, extra } = resolved("structuralSimilarityIndexMeasure", options);
  const { values, more } = measured(preds, target, settings, extra);
  const similarity = reducedRows(values, asRowReduction(settings.reduction));
  return more === undefined ? similarity : [similarity, more];
}

/**
 * How alike the structures of images are, over all batches; 1 is best.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { StructuralSimilarityIndexMeasure } from "@lightning-ts/metrics";
 *
 * const similarity = new StructuralSimilarityIndexMeasure({ dataRange: 1 });
 * const image = tf.tensor4d(Array.from({ length: 256 }, (_, i) => (i % 16) / 16), [1, 1, 16, 16]);
 * similarity.update(image, image);
 * const value = similarity.compute();
 * if (value instanceof tf.Tensor) console.log(value.dataSync()[0]?.toFixed(3)); // 1.000
 * ```
 */
export class StructuralSimilarityIndexMeasure extends CollectedRows {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  readonly #settings: SSIMSettings;
  readonly #extra: Extra;
  readonly #more = this.addListState("more");

  constructor(options: StructuralSimilarityIndexMeasureOptions = {}) {
    const { settings, extra } = resolved(NAME, options);
    super(NAME, asRowReduction(settings.reduction), options);
    this.#settings = settings;
    this.#extra = extra;
  }

  /** @param preds and `target` are float32 [batch, channels, height, width], or with a depth before the height */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { values, more } = measured(preds, target, this.#settings, this.#extra);
    this.addRows(values);
    if (more !== undefined) this.#more.push(more);
  }

  /** A pair with what else was asked for, if something was. */
  override compute(): tf.Tensor | [tf.Tensor, tf.Tensor] {
    return this.#extra === "nothing" ? this.collected() : [this.collected(), rowsOf(NAME, this.#more)];
  }
}
