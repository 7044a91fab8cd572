import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { describeValue } from "../../errors/describe-value.js";
import { checkOptions } from "../check-options.js";
import { maxPool } from "../../kernels/max-pool.js";
import { reshape } from "../../kernels/reshape.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { padSpace } from "../../kernels/windows.js";
import type { tf } from "../../tensor/tf.js";
import type { Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";
import { integerMaxPool } from "./integer-max-pool.js";
import { maxPoolIndices } from "./pool-indices.js";
import { poolWindows, type PoolWindowOptions, type PoolWindows } from "./pool-windows.js";
import { withBatch } from "./with-batch.js";

export interface MaxPoolOptions<TReturnsIndices extends boolean = boolean> extends PoolWindowOptions {
  /** @default 1 */
  readonly dilation?: Size | undefined;
  /** Whether to tell where the values are too, each a place in the space of its channel by rows. @default false */
  readonly returnIndices?: TReturnsIndices | undefined;
}

/** Options of a max pool that tells where its values are. */
export type MaxPoolWithIndices = MaxPoolOptions<true> & { readonly returnIndices: true };

/** Largest values, and where they are (int32). */
export type ValuesAndIndices = [values: tf.Tensor, indices: tf.Tensor];

/** @throws MisconfigurationError for an option that max pools do not have */
export function checkMaxPoolOptions(owner: string, options: MaxPoolOptions): void {
  checkOptions(owner, options, ["stride", "padding", "dilation", "ceilMode", "returnIndices"]);
  for (const flag of [options.ceilMode, options.returnIndices]) {
    if (flag === undefined || typeof flag === "boolean") continue;
    throw new MisconfigurationError({
      message: `${owner}: ceilMode and returnIndices are true or false.`,
      expected: "true or false",
      received: describeValue(flag),
    });
  }
}

/** Largest value of each window. x [N, C, L] or [C, L], float32 or int32. @throws ShapeError */
export function maxPool1d(x: tf.Tensor, kernelSize: Size, options: MaxPoolWithIndices): ValuesAndIndices;
export function maxPool1d(x: tf.Tensor, kernelSize: Size, options?: MaxPoolOptions<false>): tf.Tensor;
export function maxPool1d(
  x: tf.Tensor,
  kernelSize: Size,
  options: MaxPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("maxPool1d", { x });
  refuseMore("maxPool1d", more);
  return maxPoolNd(x, kernelSize, options, 1);
}

/** Largest value of each window. x [N, C, H, W] or [C, H, W], float32 or int32. @throws ShapeError */
export function maxPool2d(x: tf.Tensor, kernelSize: Size, options: MaxPoolWithIndices): ValuesAndIndices;
export function maxPool2d(x: tf.Tensor, kernelSize: Size, options?: MaxPoolOptions<false>): tf.Tensor;
export function maxPool2d(
  x: tf.Tensor,
  kernelSize: Size,
  options: MaxPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("maxPool2d", { x });
  refuseMore("maxPool2d", more);
  return maxPoolNd(x, kernelSize, options, 2);
}

/** Largest value of each window. x [N, C, D, H, W] or [C, D, H, W], float32 or int32. @throws ShapeError */
export function maxPool3d(x: tf.Tensor, kernelSize: Size, options: MaxPoolWithIndices): ValuesAndIndices;
export function maxPool3d(x: tf.Tensor, kernelSize: Size, options?: MaxPoolOptions<false>): tf.Tensor;
export function maxPool3d(
  x: tf.Tensor,
  kernelSize: Size,
  options: MaxPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor | ValuesAndIndices {
  requireTensors("maxPool3d", { x });
  refuseMore("maxPool3d", more);
  return maxPoolNd(x, kernelSize, options, 3);
}

/** A max pool in one, two or three dimensions. */
export function maxPoolNd(
  x: tf.Tensor,
  kernelSize: Size,
  options: MaxPoolOptions,
  dimensions: number,
): tf.Tensor | ValuesAndIndices {
  checkMaxPoolOptions(`maxPool${dimensions}d`, options);
  const isIndexed = options.returnIndices === true;
  const largest = withBatch(x, dimensions + 2, (batch) => {
    const windows = poolWindows(batch, kernelSize, options, dimensions);
    if (batch.dtype === "int32" && !isIndexed) return integerMaxPool(batch, windows);
    checkFloats("maxPool", { input: batch });
    return largestOf(batch, windows);
  });
  if (!isIndexed) return largest;
  const batch = x.rank === dimensions + 1 ? reshape(x, [1, ...x.shape]) : x;
  const indices = maxPoolIndices(batch, poolWindows(batch, kernelSize, options, dimensions));
  return [largest, reshape(indices, largest.shape)];
}

/** Engines take less padding than a window; a dilated window that reaches over the end needs more. */
function largestOf(x: tf.Tensor, windows: PoolWindows): tf.Tensor {
  const isWide = windows.padding.some(([, after], axis) => after >= (windows.kernelSize[axis] ?? 1));
  if (!isWide) return runFusedSingle(maxPool, { x }, windows);
  const padded = padSpace(x, windows.padding, Number.NEGATIVE_INFINITY);
  const none = windows.padding.map((): readonly [number, number] => [0, 0]);
  return runFusedSingle(maxPool, { x: padded }, { ...windows, padding: none });
}
