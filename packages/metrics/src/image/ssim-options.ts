import { MisconfigurationError, rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { refusedOption } from "../base/check-options.js";
import { requireImageReduction, type DataRange, type ImageReduction } from "./image-values.js";
import { equalWeights, gaussianWeights, type WindowAxis } from "./window.js";

export interface SSIMOptions {
  /** Whether the window is a bell curve; else all of it weighs alike. @default true */
  readonly gaussianKernel?: boolean | undefined;
  /** How wide the bell curve is, of each axis or of all. The window ends at 3.5 of them. @default 1.5 */
  readonly sigma?: number | readonly number[] | undefined;
  /** How many pixels a window without a bell curve has, of each axis or of all; odd. @default 11 */
  readonly kernelSize?: number | readonly number[] | undefined;
  /** How the values of images become one. @default "elementwise_mean" */
  readonly reduction?: ImageReduction | undefined;
  /**
   * How far the least and the largest value can be apart, or both, to which values are then clipped. @default
   * undefined,
   * what it is in the batch
   */
  readonly dataRange?: DataRange | undefined;
  /** @default 0.01 */
  readonly k1?: number | undefined;
  /** @default 0.03 */
  readonly k2?: number | undefined;
}

export interface SSIMSettings {
  readonly gaussianKernel: boolean;
  readonly sigma: number | readonly number[];
  readonly kernelSize: number | readonly number[];
  readonly reduction: ImageReduction;
  readonly dataRange: DataRange | undefined;
  readonly k1: number;
  readonly k2: number;
}

const KNOWN = ["gaussianKernel", "sigma", "kernelSize", "reduction", "dataRange", "k1", "k2"];

export function ssimSettings(owner: string, options: SSIMOptions, more: readonly string[]): SSIMSettings {
  rejectUnknownOptions(owner, options, [...KNOWN, ...more]);
  const { gaussianKernel = true, sigma = 1.5, kernelSize = 11, reduction = "elementwise_mean" } = options;
  const { dataRange, k1 = 0.01, k2 = 0.03 } = options;
  requireImageReduction(owner, reduction);
  requireWindow(owner, [kernelSize].flat(), [sigma].flat());
  return { gaussianKernel, sigma, kernelSize, reduction, dataRange, k1, k2 };
}

/** @throws MisconfigurationError unless sizes are odd and widths are positive */
export function requireWindow(owner: string, sizes: readonly number[], sigmas: readonly number[]): void {
  if (!sizes.every((size) => Number.isInteger(size) && size > 0 && size % 2 === 1))
    throw refusedOption(owner, "kernelSize", sizes, "odd numbers of pixels");
  if (!sigmas.every((sigma) => sigma > 0)) throw refusedOption(owner, "sigma", sigmas, "numbers above 0");
}

/** The windows of each spatial axis of images. */
export function windowAxes(images: tf.Tensor, { gaussianKernel, sigma, kernelSize }: SSIMSettings): WindowAxis[] {
  const spatial = images.rank - 2;
  const sizes = ofEach("kernelSize", kernelSize, spatial);
  const sigmas = ofEach("sigma", sigma, spatial);
  return sizes.map((size, axis) => {
    const width = sigmas[axis] ?? 1;
    const gaussianSize = Math.floor(3.5 * width + 0.5) * 2 + 1;
    // As in torchmetrics, the last axis of volumes is continued by the size of the window without a bell curve.
    const padded = gaussianKernel && axis < 2 ? gaussianSize : size;
    const weights = gaussianKernel ? gaussianWeights(gaussianSize, width) : equalWeights(size);
    return { weights, padding: (padded - 1) / 2 };
  });
}

function ofEach(option: string, value: number | readonly number[], axes: number): readonly number[] {
  if (typeof value === "number") return Array.from({ length: axes }, () => value);
  if (value.length === axes) return value;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${option} has numbers for other axes than the images have.`,
    expected: `${axes} numbers, or one for all`,
    received: `[${value.join(", ")}]`,
  });
}
