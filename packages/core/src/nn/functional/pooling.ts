import { integerMaxPool } from "./integer-max-pool.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { avgPool } from "../../kernels/avg-pool.js";
import { outputLengths } from "../../kernels/conv-shapes.js";
import { maxPool } from "../../kernels/max-pool.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import type { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";
import { withBatch } from "./with-batch.js";
import { wrongRank } from "./wrong-rank.js";

export interface MaxPoolOptions {
  /** @default the kernel size */
  readonly stride?: Size | undefined;
  /** @default 0 */
  readonly padding?: Size | undefined;
  /** @default 1 */
  readonly dilation?: Size | undefined;
}

export interface AvgPoolOptions {
  /** @default the kernel size */
  readonly stride?: Size | undefined;
  /** @default 0 */
  readonly padding?: Size | undefined;
  /** Whether padding counts in the averages. @default true */
  readonly countIncludePad?: boolean | undefined;
}

/** @throws MisconfigurationError for an option that max pools do not have */
export function checkMaxPoolOptions(owner: string, options: MaxPoolOptions): void {
  rejectUnknownOptions(owner, options, ["stride", "padding", "dilation"]);
}

/** @throws MisconfigurationError for an option that average pools do not have */
export function checkAvgPoolOptions(owner: string, options: AvgPoolOptions): void {
  rejectUnknownOptions(owner, options, ["stride", "padding", "countIncludePad"]);
}

/** Largest value of each window. x [N, C, L] or [C, L], float32 or int32. @throws ShapeError */
export function maxPool1d(x: tf.Tensor, kernelSize: Size, options: MaxPoolOptions = {}): tf.Tensor {
  return maxPoolNd(x, kernelSize, options, 1);
}

/**
 * Largest value of each window. x [N, C, H, W] or [C, H, W], float32 or int32. @throws ShapeError
 */
export function maxPool2d(x: tf.Tensor, kernelSize: Size, options: MaxPoolOptions = {}): tf.Tensor {
  return maxPoolNd(x, kernelSize, options, 2);
}

/**
 * Largest value of each window. x [N, C, D, H, W] or [C, D, H, W], float32 or int32. @throws ShapeError
 */
export function maxPool3d(x: tf.Tensor, kernelSize: Size, options: MaxPoolOptions = {}): tf.Tensor {
  return maxPoolNd(x, kernelSize, options, 3);
}

/** Average of each window. x [N, C, L] or [C, L]. @throws ShapeError */
export function avgPool1d(x: tf.Tensor, kernelSize: Size, options: AvgPoolOptions = {}): tf.Tensor {
  return avgPoolNd(x, kernelSize, options, 1);
}

/** Average of each window. x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function avgPool2d(x: tf.Tensor, kernelSize: Size, options: AvgPoolOptions = {}): tf.Tensor {
  return avgPoolNd(x, kernelSize, options, 2);
}

/** Average of each window. x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function avgPool3d(x: tf.Tensor, kernelSize: Size, options: AvgPoolOptions = {}): tf.Tensor {
  return avgPoolNd(x, kernelSize, options, 3);
}

function maxPoolNd(x: tf.Tensor, kernelSize: Size, options: MaxPoolOptions, dimensions: number): tf.Tensor {
  checkMaxPoolOptions(`maxPool${dimensions}d`, options);
  const kernel = toLengths(kernelSize, dimensions, "kernelSize");
  const attrs = {
    kernelSize: kernel,
    stride: toLengths(options.stride ?? kernel, dimensions, "stride"),
    padding: pairs(options.padding, dimensions),
    dilation: toLengths(options.dilation ?? 1, dimensions, "dilation"),
  };
  return withBatch(x, dimensions + 2, (batch) => {
    checkSpace(batch, kernel, attrs);
    if (batch.dtype === "int32") return integerMaxPool(batch, attrs);
    checkFloats("maxPool", { input: batch });
    return runFusedSingle(maxPool, { x: batch }, attrs);
  });
}

function avgPoolNd(x: tf.Tensor, kernelSize: Size, options: AvgPoolOptions, dimensions: number): tf.Tensor {
  checkAvgPoolOptions(`avgPool${dimensions}d`, options);
  const kernel = toLengths(kernelSize, dimensions, "kernelSize");
  const attrs = {
    kernelSize: kernel,
    stride: toLengths(options.stride ?? kernel, dimensions, "stride"),
    padding: pairs(options.padding, dimensions),
    countIncludePad: options.countIncludePad ?? true,
  };
  return withBatch(x, dimensions + 2, (batch) => {
    checkSpace(batch, kernel, { ...attrs, dilation: kernel.map(() => 1) });
    checkFloats("avgPool", { input: batch });
    return runFusedSingle(avgPool, { x: batch }, attrs);
  });
}

function pairs(padding: Size | undefined, dimensions: number): [number, number][] {
  return toLengths(padding ?? 0, dimensions, "padding", 0).map((length) => [length, length]);
}

function checkSpace(x: tf.Tensor, kernel: readonly number[], attrs: Parameters<typeof outputLengths>[2]): void {
  if (x.rank !== kernel.length + 2) throw wrongRank("pooling", x, kernel.length);
  checkPadding(kernel, attrs);
  if (outputLengths(x.shape.slice(2), kernel, attrs).every((length) => length >= 1)) return;
  throw new ShapeError({
    message: "pooling: the window is larger than the padded input.",
    expected: `an input with space for a window ${formatShape(kernel)}`,
    received: formatShape(x.shape),
    shapes: [x.shape],
  });
}

/** A window that sees padding alone has no largest value and no average. */
function checkPadding(kernel: readonly number[], { padding, dilation }: Parameters<typeof outputLengths>[2]): void {
  const reach = (axis: number): number => (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
  if (padding.every(([before], axis) => before <= Math.floor(reach(axis) / 2))) return;
  throw new MisconfigurationError({
    message: "pooling: the padding is more than half of the window.",
    expected: `padding of at most ${JSON.stringify(kernel.map((_, axis) => Math.floor(reach(axis) / 2)))}`,
    received: JSON.stringify(padding.map(([before]) => before)),
  });
}
