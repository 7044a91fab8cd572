import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { volume } from "../../kernels/conv-shapes.js";
import { putInRows } from "../../kernels/put-in-rows.js";
import { reshape } from "../../kernels/reshape.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import type { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";

export interface MaxUnpoolWindows {
  /** @default the kernel size */
  readonly stride?: Size | undefined;
  /** @default 0 */
  readonly padding?: Size | undefined;
}

export interface MaxUnpoolOptions extends MaxUnpoolWindows {
  /** The result's lengths of space, where several would have given the same pool; or its whole shape. */
  readonly outputSize?: readonly number[] | undefined;
}

/**
 * Puts the values of a max pool back to where they were, among zeros: x and indices [N, C, L] or [C, L], the indices
 * from `maxPool1d` with `returnIndices`. @throws ShapeError
 */
export function maxUnpool1d(
  x: tf.Tensor,
  indices: tf.Tensor,
  kernelSize: Size,
  options: MaxUnpoolOptions = {},
  ...more: readonly never[]
) {
  requireTensors("maxUnpool1d", { x, indices });
  refuseMore("maxUnpool1d", more);
  return maxUnpoolNd(x, indices, { kernelSize, ...options }, 1);
}

/** The same of images: x and indices [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function maxUnpool2d(
  x: tf.Tensor,
  indices: tf.Tensor,
  kernelSize: Size,
  options: MaxUnpoolOptions = {},
  ...more: readonly never[]
) {
  requireTensors("maxUnpool2d", { x, indices });
  refuseMore("maxUnpool2d", more);
  return maxUnpoolNd(x, indices, { kernelSize, ...options }, 2);
}

/** The same of volumes: x and indices [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function maxUnpool3d(
  x: tf.Tensor,
  indices: tf.Tensor,
  kernelSize: Size,
  options: MaxUnpoolOptions = {},
  ...more: readonly never[]
) {
  requireTensors("maxUnpool3d", { x, indices });
  refuseMore("maxUnpool3d", more);
  return maxUnpoolNd(x, indices, { kernelSize, ...options }, 3);
}

/** A max unpool in one, two or three dimensions. */
export function maxUnpoolNd(
  x: tf.Tensor,
  indices: tf.Tensor,
  { kernelSize, ...options }: MaxUnpoolOptions & { readonly kernelSize: Size },
  dimensions: number,
): tf.Tensor {
  const operation = `maxUnpool${dimensions}d`;
  checkOptions(operation, options, ["stride", "padding", "outputSize"]);
  checkFloats(operation, { input: x });
  const isFitting = x.rank === dimensions + 1 || x.rank === dimensions + 2;
  if (!isFitting || indices.dtype !== "int32" || indices.shape.join() !== x.shape.join())
    throw new ShapeError({
      message: `${operation}: the input and its indices do not fit.`,
      expected: `[batch, channels${", length".repeat(dimensions)}], or without the batch, and int32 of the same shape`,
      received: `${formatShape(x.shape)} and ${indices.dtype} ${formatShape(indices.shape)}`,
      shapes: [x.shape, indices.shape],
    });
  const leading = x.shape.slice(0, -dimensions);
  const space = outputSpace(operation, x.shape.slice(-dimensions), { kernelSize, ...options });
  const [rows, count] = [volume(leading), volume(x.shape.slice(-dimensions))];
  const spread = runFusedSingle(
    putInRows,
    { x: reshape(x, [rows, count]), places: reshape(indices, [rows, count]) },
    { length: volume(space) },
  );
  return reshape(spread, [...leading, ...space]);
}

function outputSpace(
  operation: string,
  pooled: readonly number[],
  { kernelSize, ...options }: MaxUnpoolOptions & { readonly kernelSize: Size },
): readonly number[] {
  const dimensions = pooled.length;
  const kernel = toLengths(kernelSize, dimensions, "kernelSize");
  const stride = toLengths(options.stride ?? kernel, dimensions, "stride");
  const padding = toLengths(options.padding ?? 0, dimensions, "padding", 0);
  const least = pooled.map(
    (length, axis) => (length - 1) * (stride[axis] ?? 1) - 2 * (padding[axis] ?? 0) + (kernel[axis] ?? 1),
  );
  const wanted = options.outputSize?.slice(-dimensions) ?? least;
  const isNear = (length: number, axis: number): boolean =>
    Number.isInteger(length) && Math.abs(length - (least[axis] ?? 0)) < (stride[axis] ?? 1);
  if (wanted.length === dimensions && (options.outputSize === undefined || wanted.every(isNear))) return wanted;
  throw new MisconfigurationError({
    message: `${operation}: no pool of this outputSize gives this input.`,
    expected: `lengths that differ from ${formatShape(least)} by less than the stride ${formatShape(stride)}`,
    received: JSON.stringify(options.outputSize),
  });
}
