import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { maxPool } from "../../kernels/max-pool.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkOptions } from "../check-options.js";
import { adaptiveMaxIndices, adaptiveWindows } from "./adaptive-indices.js";
import type { ValuesAndIndices } from "./max-pooling.js";
import { checkFloats } from "./check-dtype.js";
import { mixAlongAxis } from "./mix-along-axis.js";
import { withBatch } from "./with-batch.js";
import { wrongRank } from "./wrong-rank.js";

/** One length for every dimension, or one each; null keeps the input's. */
export type AdaptiveSize = number | null | readonly (number | null)[];

export interface AdaptiveMaxOptions<TReturnsIndices extends boolean = boolean> {
  /** Whether to tell where the values are too, each a place in the space of its channel by rows. @default false */
  readonly returnIndices?: TReturnsIndices | undefined;
}
type WithIndices = AdaptiveMaxOptions<true> & { readonly returnIndices: true };

/** Averages so that the result has this size. x [N, C, L] or [C, L]. @throws ShapeError */
export function adaptiveAvgPool1d(x: tf.Tensor, outputSize: AdaptiveSize, ...more: readonly never[]): tf.Tensor {
  requireTensors("adaptiveAvgPool1d", { x });
  refuseMore("adaptiveAvgPool1d", more);
  return adaptive("adaptiveAvgPool1d", x, outputSize, 1, averageAxis);
}

/** Averages so that the result has this size. x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function adaptiveAvgPool2d(x: tf.Tensor, outputSize: AdaptiveSize, ...more: readonly never[]): tf.Tensor {
  requireTensors("adaptiveAvgPool2d", { x });
  refuseMore("adaptiveAvgPool2d", more);
  return adaptive("adaptiveAvgPool2d", x, outputSize, 2, averageAxis);
}

/** Averages so that the result has this size. x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function adaptiveAvgPool3d(x: tf.Tensor, outputSize: AdaptiveSize, ...more: readonly never[]): tf.Tensor {
  requireTensors("adaptiveAvgPool3d", { x });
  refuseMore("adaptiveAvgPool3d", more);
  return adaptive("adaptiveAvgPool3d", x, outputSize, 3, averageAxis);
}

/** Takes largest values so that the result has this size. x [N, C, L] or [C, L]. @throws ShapeError */
export function adaptiveMaxPool1d(x: tf.Tensor, outputSize: AdaptiveSize, options: WithIndices): ValuesAndIndices;
export function adaptiveMaxPool1d(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options?: AdaptiveMaxOptions<false>,
): tf.Tensor;
export function adaptiveMaxPool1d(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options: AdaptiveMaxOptions = {},
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("adaptiveMaxPool1d", { x });
  refuseMore("adaptiveMaxPool1d", more);
  return adaptiveMaxPoolNd(x, outputSize, options, 1);
}

/** The same of images: x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function adaptiveMaxPool2d(x: tf.Tensor, outputSize: AdaptiveSize, options: WithIndices): ValuesAndIndices;
export function adaptiveMaxPool2d(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options?: AdaptiveMaxOptions<false>,
): tf.Tensor;
export function adaptiveMaxPool2d(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options: AdaptiveMaxOptions = {},
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("adaptiveMaxPool2d", { x });
  refuseMore("adaptiveMaxPool2d", more);
  return adaptiveMaxPoolNd(x, outputSize, options, 2);
}

/** The same of volumes: x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function adaptiveMaxPool3d(x: tf.Tensor, outputSize: AdaptiveSize, options: WithIndices): ValuesAndIndices;
export function adaptiveMaxPool3d(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options?: AdaptiveMaxOptions<false>,
): tf.Tensor;
export function adaptiveMaxPool3d(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options: AdaptiveMaxOptions = {},
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("adaptiveMaxPool3d", { x });
  refuseMore("adaptiveMaxPool3d", more);
  return adaptiveMaxPoolNd(x, outputSize, options, 3);
}

/** An adaptive max pool in one, two or three dimensions. */
export function adaptiveMaxPoolNd(
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  options: AdaptiveMaxOptions,
  dimensions: number,
): tf.Tensor | ValuesAndIndices {
  const operation = `adaptiveMaxPool${dimensions}d`;
  checkOptions(operation, options, ["returnIndices"]);
  const values = adaptive(operation, x, outputSize, dimensions, largestAlongAxis);
  if (options.returnIndices !== true) return values;
  const indices = adaptiveMaxIndices(x, values.shape.slice(-dimensions));
  return [values, indices];
}

type PoolAxis = (x: tf.Tensor, axis: number, length: number) => tf.Tensor;

/** Windows of several dimensions are those of one dimension after the other. */
function adaptive(
  operation: string,
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  dimensions: number,
  poolAxis: PoolAxis,
): tf.Tensor {
  checkFloats(operation, { input: x });
  return withBatch(x, dimensions + 2, (batch) => {
    if (batch.rank !== dimensions + 2) throw wrongRank(operation, x, dimensions);
    return lengthsOf(outputSize, batch.shape.slice(2)).reduce((pooled, length, i) => {
      const axis = batch.rank - 1 - i;
      return length === pooled.shape[axis] ? pooled : poolAxis(pooled, axis, length);
    }, batch);
  });
}

/** @throws MisconfigurationError for what is no size of so many dimensions */
export function checkAdaptiveSize(outputSize: AdaptiveSize, dimensions: number): void {
  void lengthsOf(
    outputSize,
    Array.from({ length: dimensions }, () => 1),
  );
}

/** The last dimension first: it is the quickest one, and makes the others smaller. */
function lengthsOf(outputSize: AdaptiveSize, input: readonly number[]): number[] {
  const wanted = Array.isArray(outputSize) ? outputSize : input.map(() => outputSize);
  const lengths = input.map((length, i) => (wanted[i] === null ? length : Number(wanted[i])));
  if (wanted.length === input.length && lengths.every((length) => Number.isInteger(length) && length > 0))
    return lengths.toReversed();
  throw new MisconfigurationError({
    message: "The output size of an adaptive pool does not fit.",
    expected: `an integer of at least 1 or null, or ${input.length} of them`,
    received: JSON.stringify(outputSize) ?? "undefined",
  });
}

function averageAxis(x: tf.Tensor, axis: number, length: number): tf.Tensor {
  const input = x.shape[axis] ?? 0;
  if (length === 1) return tf.mean(x, axis, true);
  if (input % length === 0)
    return tf.mean(
      tf.reshape(x, [...x.shape.slice(0, axis), length, input / length, ...x.shape.slice(axis + 1)]),
      axis + 1,
    );
  const shares = new Float32Array(input * length);
  adaptiveWindows(input, length).forEach(({ start, end }, i) => {
    for (let k = start; k < end; k += 1) shares[k * length + i] = 1 / (end - start);
  });
  return mixAlongAxis(x, axis, shares, length);
}

/** One pool along one axis: of equal elements the first gets the gradient, as in PyTorch. */
function largestAlongAxis(x: tf.Tensor, axis: number, length: number): tf.Tensor {
  const input = x.shape[axis] ?? 0;
  const largest = (part: tf.Tensor, window: number): tf.Tensor => {
    const kernelSize = part.shape.slice(2).map((_, i) => (i + 2 === axis ? window : 1));
    const none = kernelSize.map((): readonly [number, number] => [0, 0]);
    const attrs = { kernelSize, stride: kernelSize, padding: none, dilation: kernelSize.map(() => 1) };
    return runFusedSingle(maxPool, { x: part }, attrs);
  };
  if (input % length === 0) return largest(x, input / length);
  const parts = adaptiveWindows(input, length).map(({ start, end }) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    const size = x.shape.map((own, i) => (i === axis ? end - start : own));
    return largest(tf.slice(x, begin, size), end - start);
  });
  return tf.concat(parts, axis);
}
