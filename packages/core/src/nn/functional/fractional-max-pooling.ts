import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { kernelOffsets } from "../../kernels/conv-shapes.js";
import { RandomStream } from "../../random/random-stream.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";
import type { ValuesAndIndices } from "./max-pooling.js";
import { nextSeed } from "./next-seed.js";
import { wrongRank } from "./wrong-rank.js";

export interface FractionalMaxPoolOptions<TReturnsIndices extends boolean = false> {
  /** Lengths of the result: one for all dimensions, or one each. Either this or `outputRatio`. */
  readonly outputSize?: Size | undefined;
  /** What share of the input's lengths the result has, above 0 and below 1. */
  readonly outputRatio?: number | readonly number[] | undefined;
  /** Whether the places of the values are returned too. @default false */
  readonly returnIndices?: TReturnsIndices | undefined;
  /**
   * Where the windows lie: [N, C, dimensions] numbers from 0 to 1. PyTorch has it as `_random_samples`. Drawn from the
   * random stream "dropout" where it is left out.
   */
  readonly randomSamples?: tf.Tensor | undefined;
}

const OPTIONS = ["outputSize", "outputRatio", "returnIndices", "randomSamples"];

/**
 * Largest value of each window, where windows lie at random so that the result has any size: x [N, C, H, W], or without
 * N. With `returnIndices` also the places of the values. @throws MisconfigurationError; ShapeError
 */
export function fractionalMaxPool2d(
  x: tf.Tensor,
  kernelSize: Size,
  options: FractionalMaxPoolOptions<true> & { readonly returnIndices: true },
): ValuesAndIndices;
export function fractionalMaxPool2d(x: tf.Tensor, kernelSize: Size, options: FractionalMaxPoolOptions): tf.Tensor;
export function fractionalMaxPool2d(
  x: tf.Tensor,
  kernelSize: Size,
  options: FractionalMaxPoolOptions<boolean>,
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("fractionalMaxPool2d", { x });
  refuseMore("fractionalMaxPool2d", more);
  checkFractionalOptions("fractionalMaxPool2d", options, 2);
  return fractionalMaxPoolNd(x, kernelSize, options, 2);
}

/** As `fractionalMaxPool2d`, of volumes: x [N, C, D, H, W], or without N. @throws MisconfigurationError; ShapeError */
export function fractionalMaxPool3d(
  x: tf.Tensor,
  kernelSize: Size,
  options: FractionalMaxPoolOptions<true> & { readonly returnIndices: true },
): ValuesAndIndices;
export function fractionalMaxPool3d(x: tf.Tensor, kernelSize: Size, options: FractionalMaxPoolOptions): tf.Tensor;
export function fractionalMaxPool3d(
  x: tf.Tensor,
  kernelSize: Size,
  options: FractionalMaxPoolOptions<boolean>,
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("fractionalMaxPool3d", { x });
  refuseMore("fractionalMaxPool3d", more);
  checkFractionalOptions("fractionalMaxPool3d", options, 3);
  return fractionalMaxPoolNd(x, kernelSize, options, 3);
}

/** @throws MisconfigurationError for unknown options, and for none or two sizes */
export function checkFractionalOptions(
  owner: string,
  options: FractionalMaxPoolOptions<boolean>,
  dimensions: number,
): void {
  checkOptions(owner, options, OPTIONS);
  const { outputSize, outputRatio } = options;
  if (outputSize !== undefined) toLengths(outputSize, dimensions, "outputSize");
  const ratios = ratiosOf(outputRatio, dimensions);
  const isRatio = ratios.length === dimensions && ratios.every((ratio) => ratio > 0 && ratio < 1);
  if ((outputSize === undefined) !== (outputRatio === undefined) && (outputRatio === undefined || isRatio)) return;
  throw new MisconfigurationError({
    message: `${owner}: the size of the result does not fit.`,
    expected: `either outputSize, or outputRatio: a number above 0 and below 1, or ${dimensions} of them`,
    received: JSON.stringify({ outputSize, outputRatio }),
  });
}

export function fractionalMaxPoolNd(
  x: tf.Tensor,
  kernelSize: Size,
  options: FractionalMaxPoolOptions<boolean>,
  dimensions: number,
): tf.Tensor | ValuesAndIndices {
  if (x.rank !== dimensions + 1 && x.rank !== dimensions + 2) throw wrongRank("fractionalMaxPool", x, dimensions);
  checkFloats("fractionalMaxPool", { input: x });
  const kernel = toLengths(kernelSize, dimensions, "kernelSize");
  const space = x.shape.slice(-dimensions);
  const ratios = ratiosOf(options.outputRatio, dimensions);
  const lengths =
    options.outputSize === undefined
      ? space.map((length, i) => Math.floor(length * (ratios[i] ?? 1)))
      : toLengths(options.outputSize, dimensions, "outputSize");
  checkFits(x, { kernel, lengths });
  const leading = x.shape.slice(0, -dimensions);
  const planes = tf.util.sizeFromShape(leading);
  const samples = samplesOf(x, options.randomSamples, dimensions);
  const windows = windowPlaces({ samples, planes, space, lengths, kernel });
  const flat = tf.reshape(x, [-1]);
  const found = noGrad(() =>
    tf.tidy(() => {
      const which = tf.argMax(tf.gather(flat, windows), -1);
      const at = tf.add(tf.range(0, windows.size, windows.shape[1], "int32"), which);
      return tf.gather(tf.reshape(windows, [-1]), at);
    }),
  );
  const shape = [...leading, ...lengths];
  const values = tf.reshape(tf.gather(flat, found), shape);
  if (options.returnIndices !== true) return values;
  return [values, tf.reshape(tf.mod(found, tf.scalar(tf.util.sizeFromShape(space), "int32")), shape)];
}

function ratiosOf(ratio: number | readonly number[] | undefined, dimensions: number): readonly number[] {
  return typeof ratio === "number" ? Array.from({ length: dimensions }, () => ratio) : (ratio ?? []);
}

interface Fractions {
  /** Where the windows of each plane lie: [planes, dimensions] */
  readonly samples: ArrayLike<number>;
  readonly planes: number;
  readonly space: readonly number[];
  readonly lengths: readonly number[];
  readonly kernel: readonly number[];
}

/** The places of each window's elements in all planes: [planes · windows, elements] */
function windowPlaces({ samples, planes, space, lengths, kernel }: Fractions): tf.Tensor2D {
  const offsets = kernelOffsets(kernel);
  const windows = kernelOffsets(lengths);
  const places = new Int32Array(planes * windows.length * offsets.length);
  const planeSize = tf.util.sizeFromShape([...space]);
  let next = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    const starts = lengths.map((length, axis) => {
      const sample = samples[plane * lengths.length + sampleAxis(axis, lengths.length)] ?? 0;
      return intervals(sample, { input: space[axis] ?? 0, length, window: kernel[axis] ?? 1 });
    });
    for (const window of windows)
      for (const offset of offsets) {
        const at = offset.reduce(
          (place, inWindow, axis) => place * (space[axis] ?? 0) + (starts[axis]?.[window[axis] ?? 0] ?? 0) + inWindow,
          0,
        );
        places[next] = plane * planeSize + at;
        next += 1;
      }
  }
  return tf.tensor2d(places, [planes * windows.length, offsets.length], "int32");
}

/** PyTorch's samples of an image begin with the width's, those of a volume with the depth's. */
function sampleAxis(axis: number, dimensions: number): number {
  return dimensions === 2 ? 1 - axis : axis;
}

/** Where windows begin along one dimension, with PyTorch's arithmetic in float32. */
function intervals(
  sample: number,
  { input, length, window }: { readonly input: number; readonly length: number; readonly window: number },
): number[] {
  const step = Math.fround((input - window) / (length - 1));
  const first = Math.trunc(Math.fround(sample * step));
  return Array.from({ length }, (_, i) =>
    i === length - 1 ? input - window : Math.trunc(Math.fround(Math.fround(i + sample) * step)) - first,
  );
}

function samplesOf(x: tf.Tensor, given: tf.Tensor | undefined, dimensions: number): ArrayLike<number> {
  const batch = x.rank === dimensions + 2 ? (x.shape[0] ?? 0) : 1;
  const expected = [batch, x.shape[x.rank - dimensions - 1] ?? 0, dimensions];
  if (given === undefined) {
    const [seed = 0, other = 0] = nextSeed("dropout");
    return new RandomStream([seed, other]).fillUniform(new Float32Array(tf.util.sizeFromShape(expected)), 0, 1);
  }
  if (tf.util.arraysEqual(given.shape, expected)) return given.dataSync();
  throw new ShapeError({
    message: "fractionalMaxPool: randomSamples do not fit the input.",
    expected: formatShape(expected),
    received: formatShape(given.shape),
    shapes: [given.shape, x.shape],
  });
}

function checkFits(
  x: tf.Tensor,
  { kernel, lengths }: { readonly kernel: readonly number[]; readonly lengths: readonly number[] },
): void {
  const space = x.shape.slice(-kernel.length);
  const isFitting = space.every((input, i) => {
    const length = lengths[i] ?? 0;
    return length > 0 && length + (kernel[i] ?? 0) - 1 <= input;
  });
  if (isFitting) return;
  throw new ShapeError({
    message: "fractionalMaxPool: windows and result are too large for the input.",
    expected: "output lengths of at least 1, and output length + kernelSize - 1 of at most the input's",
    received: `${formatShape(x.shape)} with windows ${formatShape([...kernel])} for a result ${formatShape([...lengths])}`,
    shapes: [x.shape],
  });
}
