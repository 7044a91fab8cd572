import { MisconfigurationError, noGrad, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { refusedOption, requireInteger, requireOneOf } from "../base/check-options.js";
import { SumOverCount } from "../base/sum-over-count.js";
import { edgeOf } from "./edges.js";
import { oneHotInputs, type SegmentationFormat } from "./one-hot-inputs.js";
import { type DistanceMetric, farthest } from "./surface-distance.js";

export interface HausdorffDistanceOptions {
  readonly numClasses: number;
  /** Whether class 0 counts. @default false */
  readonly includeBackground?: boolean | undefined;
  /** How far points are apart: in a straight line, by moves of a king in chess, or on a grid. @default "euclidean" */
  readonly distanceMetric?: DistanceMetric | undefined;
  /** How far rows are apart, and columns. @default [1, 1] */
  readonly spacing?: readonly [number, number] | undefined;
  /** Whether only the distances of predicted edges from actual ones count. @default false */
  readonly directed?: boolean | undefined;
  /** Whether inputs are 0 and 1 for each class along dimension 1, class numbers, or one of each. @default "one-hot" */
  readonly inputFormat?: SegmentationFormat | undefined;
}

type Settings = { readonly [TKey in keyof HausdorffDistanceOptions]-?: NonNullable<HausdorffDistanceOptions[TKey]> };

const OPTIONS = ["numClasses", "includeBackground", "distanceMetric", "spacing", "directed", "inputFormat"];

function resolved(owner: string, options: HausdorffDistanceOptions): Settings {
  rejectUnknownOptions(owner, options, OPTIONS);
  const { numClasses, includeBackground = false, distanceMetric = "euclidean" } = options;
  const { spacing = [1, 1], directed = false, inputFormat = "one-hot" } = options;
  requireInteger(owner, "numClasses", numClasses, 1);
  requireOneOf(owner, "distanceMetric", distanceMetric, ["euclidean", "chessboard", "taxicab"]);
  requireOneOf(owner, "inputFormat", inputFormat, ["one-hot", "index", "mixed"]);
  if (!Array.isArray(spacing) || spacing.length !== 2 || !spacing.every((length) => length > 0 && length < Infinity)) {
    throw refusedOption(owner, "spacing", JSON.stringify(spacing), "two positive numbers, of rows and of columns");
  }
  return { numClasses, includeBackground, distanceMetric, spacing, directed, inputFormat };
}

/** Of each sample and class. Reads both from the device. */
function distancesOf(name: string, preds: tf.Tensor, target: tf.Tensor, settings: Settings): tf.Tensor {
  const inputs = oneHotInputs(preds, target, { name, ...settings });
  const [height, width] = sizeOf(
    name,
    inputs.indexed.preds === undefined ? preds.shape.slice(2) : preds.shape.slice(1),
  );
  const [samples = 0, classes = 0] = inputs.preds.shape;
  const sides = noGrad(() => [inputs.preds.dataSync(), inputs.target.dataSync()] as const);
  for (const side of sides) requireWithin(name, side, 2, "0 and 1");
  for (const side of Object.values(inputs.indexed)) {
    const numbers = noGrad(() => side?.dataSync()) ?? [];
    requireWithin(name, numbers, settings.numClasses, `classes from 0 to ${settings.numClasses - 1}`);
  }
  const distances = Array.from({ length: samples * classes }, (_, i) => {
    const [from, to] = sides.map((side) =>
      edgeOf({ values: side.subarray(i * height * width, (i + 1) * height * width), height, width }),
    );
    if (from === undefined || to === undefined) throw new RangeError("There are two sides.");
    if (from.length === 0 && to.length === 0)
      throw inNeither(name, Math.floor(i / classes), (i % classes) + (inputs.numClasses - classes));
    const there = farthest(from, to, { height, width }, settings);
    return settings.directed ? there : Math.max(there, farthest(to, from, { height, width }, settings));
  });
  return tf.tensor2d(distances, [samples, classes], "float32");
}

function sizeOf(name: string, size: readonly number[]): readonly [number, number] {
  const [height, width] = size;
  if (height !== undefined && width !== undefined && size.length === 2) return [height, width];
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${name} measures distances in images, and these are none.`,
    expected: "[samples, classes, height, width], or [samples, height, width] of class numbers",
    received: `samples of size [${size.join(", ")}]`,
  });
}

/** @throws MisconfigurationError where a value is no whole number from 0 to below `end` */
function requireWithin(name: string, values: ArrayLike<number>, end: number, expected: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value >= 0 && value < end && Number.isInteger(value)) continue;
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: `${name} met a number that is no class.`,
      expected,
      received: String(value),
    });
  }
}

function inNeither(name: string, sample: number, label: number): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${name} has no edges to measure between: sample ${sample} has no point of class ${label}.`,
    expected: "each class in the prediction or in the target of each sample",
    received: "neither",
    tryThis: "leaving such samples out, or a metric of each class with 0 and 1 of that class alone.",
  });
}

/**
 * How far the edges of predicted regions are from the edges of actual ones at most, [samples, classes]. Infinite where
 * a class is in one of both alone. Reads both from the device.
 * @throws MisconfigurationError where a class is in neither
 */
export function hausdorffDistance(preds: tf.Tensor, target: tf.Tensor, options: HausdorffDistanceOptions): tf.Tensor {
  return distancesOf("hausdorffDistance", preds, target, resolved("hausdorffDistance", options));
}

/**
 * How far the edges of predicted regions are from the edges of actual ones at most, 0 at best: the mean over all
 * samples and classes of images. `update` reads both from the device, and refuses a sample with a class in neither.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { HausdorffDistance } from "@lightning-ts/metrics";
 *
 * const distance = new HausdorffDistance({ numClasses: 2, inputFormat: "index" });
 * const [preds, target] = [tf.tensor3d([[[1, 1, 0, 0]]]), tf.tensor3d([[[1, 0, 0, 1]]])];
 * distance.update(tf.cast(preds, "int32"), tf.cast(target, "int32"));
 * console.log(distance.compute().dataSync()[0]); // 2
 * ```
 */
export class HausdorffDistance extends SumOverCount {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  readonly #settings: Settings;

  constructor(options: HausdorffDistanceOptions) {
    super(options);
    this.#settings = resolved("HausdorffDistance", options);
  }

  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const distances = distancesOf("HausdorffDistance", preds, target, this.#settings);
    this.add(tf.sum(distances), distances.size);
  }
}
