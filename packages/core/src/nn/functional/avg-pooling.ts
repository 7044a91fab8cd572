import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { avgPool } from "../../kernels/avg-pool.js";
import { kernelOffsets, outputLengths, volume } from "../../kernels/conv-shapes.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import type { Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";
import { poolWindows, type PoolWindowOptions, type PoolWindows } from "./pool-windows.js";
import { withBatch } from "./with-batch.js";

export interface AvgPoolOptions extends PoolWindowOptions {
  /** Whether padding counts in the averages. @default true */
  readonly countIncludePad?: boolean | undefined;
  /** What every sum is divided by, instead of how many elements its window has. */
  readonly divisorOverride?: number | undefined;
}

/** @throws MisconfigurationError for an option that average pools do not have */
export function checkAvgPoolOptions(owner: string, options: AvgPoolOptions, dimensions: number): void {
  const known = ["stride", "padding", "ceilMode", "countIncludePad"];
  checkOptions(owner, options, dimensions === 1 ? known : [...known, "divisorOverride"]);
  const { divisorOverride: divisor } = options;
  if (divisor === undefined || (Number.isInteger(divisor) && divisor !== 0)) return;
  throw new MisconfigurationError({
    message: `${owner}: nothing can be divided by divisorOverride.`,
    expected: "an integer that is not 0",
    received: String(divisor),
  });
}

/** Average of each window. x [N, C, L] or [C, L]. @throws ShapeError */
export function avgPool1d(
  x: tf.Tensor,
  kernelSize: Size,
  options: AvgPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("avgPool1d", { x });
  refuseMore("avgPool1d", more);
  return avgPoolNd(x, kernelSize, options, 1);
}

/** Average of each window. x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function avgPool2d(
  x: tf.Tensor,
  kernelSize: Size,
  options: AvgPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("avgPool2d", { x });
  refuseMore("avgPool2d", more);
  return avgPoolNd(x, kernelSize, options, 2);
}

/** Average of each window. x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function avgPool3d(
  x: tf.Tensor,
  kernelSize: Size,
  options: AvgPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("avgPool3d", { x });
  refuseMore("avgPool3d", more);
  return avgPoolNd(x, kernelSize, options, 3);
}

/** An average pool in one, two or three dimensions. */
export function avgPoolNd(x: tf.Tensor, kernelSize: Size, options: AvgPoolOptions, dimensions: number): tf.Tensor {
  checkAvgPoolOptions(`avgPool${dimensions}d`, options, dimensions);
  return withBatch(x, dimensions + 2, (batch) => {
    const windows = poolWindows(batch, kernelSize, options, dimensions);
    checkFloats("avgPool", { input: batch });
    const { dilation: _, ...attrs } = windows;
    const { divisorOverride: divisor, countIncludePad = true } = options;
    const averages = runFusedSingle(
      avgPool,
      { x: batch },
      { ...attrs, countIncludePad: countIncludePad || divisor !== undefined },
    );
    if (divisor !== undefined) return tf.mul(averages, volume(windows.kernelSize) / divisor);
    const isCut = countIncludePad && windows.padding.some(([before, after]) => after > before);
    return isCut ? tf.mul(averages, withoutOverhang(batch.shape.slice(2), windows)) : averages;
  });
}

/**
 * With `ceilMode`, the part of a window that reaches over the padding at the end does not count: by how much averages
 * over whole windows are too small, for each place of the result.
 */
function withoutOverhang(space: readonly number[], windows: PoolWindows): tf.Tensor {
  const { kernelSize, stride, padding } = windows;
  const lengths = outputLengths(space, kernelSize, windows);
  const factors = kernelOffsets(lengths).map((place) =>
    place.reduce((factor, at, axis) => {
      const [kernel, [before]] = [kernelSize[axis] ?? 1, padding[axis] ?? [0, 0]];
      const left = (space[axis] ?? 0) + 2 * before - at * (stride[axis] ?? 1);
      return (factor * kernel) / Math.min(kernel, left);
    }, 1),
  );
  return tf.tensor(factors, lengths, "float32");
}
