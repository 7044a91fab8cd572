import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { embedding } from "../../kernels/embedding.js";
import { volume } from "../../kernels/conv-shapes.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { cornersOf, type GridPadding, type SampleMode } from "./grid-corners.js";

export interface GridSampleOptions {
  /** How values between elements are found; "bicubic" of images alone. @default "bilinear" */
  readonly mode?: SampleMode | undefined;
  /** What lies outside: zeros, the nearest border, or a mirror image. @default "zeros" */
  readonly paddingMode?: GridPadding | undefined;
  /** Whether -1 and 1 are the centres of the first and last element, not their outer edges. @default false */
  readonly alignCorners?: boolean | undefined;
}

/**
 * Reads x at the places of a grid: x [N, C, H, W], grid [N, H', W', 2] -> [N, C, H', W'], or x [N, C, D, H, W], grid
 * [N, D', H', W', 3] -> [N, C, D', H', W']. Places go from -1 to 1 in each dimension, the last dimension first.
 * @throws ShapeError; MisconfigurationError
 */
export function gridSample(
  x: tf.Tensor,
  grid: tf.Tensor,
  options: GridSampleOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("gridSample", { x, grid });
  checkOptions("gridSample", options, ["mode", "paddingMode", "alignCorners"]);
  refuseMore("gridSample", more);
  checkFloats("gridSample", { input: x, grid });
  const { mode = "bilinear", paddingMode = "zeros", alignCorners = false } = options;
  const [batch = 0, channels = 0, ...space] = x.shape;
  checkGrid(x, grid, space, { mode, paddingMode });
  const output = grid.shape.slice(1, -1);
  const count = volume(output);
  const rows = tf.reshape(tf.transpose(tf.reshape(x, [batch, channels, -1]), [0, 2, 1]), [-1, channels]);
  const at = tf.reshape(grid, [batch, count, space.length]);
  const { places, shares } = cornersOf(at, space, { mode, paddingMode, alignCorners });
  const firstRow = tf.reshape(tf.range(0, batch * volume(space), volume(space), "int32"), [1, batch, 1]);
  const seen = runFusedSingle(embedding, { table: rows, indices: tf.add(places, firstRow) }, { paddingIndex: -1 });
  const mixed = tf.sum(tf.mul(seen, tf.expandDims(shares, -1)), 0); // [N, places, C]
  return tf.reshape(tf.transpose(mixed, [0, 2, 1]), [batch, channels, ...output]);
}

function checkGrid(
  x: tf.Tensor,
  grid: tf.Tensor,
  space: readonly number[],
  { mode, paddingMode }: { readonly mode: SampleMode; readonly paddingMode: GridPadding },
): void {
  const modes = space.length === 3 ? ["bilinear", "nearest"] : ["bilinear", "nearest", "bicubic"];
  const paddings = ["zeros", "border", "reflection"];
  if (!modes.includes(mode) || !paddings.includes(paddingMode))
    throw new MisconfigurationError({
      message: "gridSample: there is no such mode.",
      expected: `mode ${modes.join(", ")} and paddingMode ${paddings.join(", ")}`,
      received: `${JSON.stringify(mode)} and ${JSON.stringify(paddingMode)}`,
    });
  const isFitting = (x.rank === 4 || x.rank === 5) && grid.rank === x.rank && grid.shape[0] === x.shape[0];
  if (isFitting && grid.shape.at(-1) === x.rank - 2 && space.every((length) => length > 0)) return;
  throw new ShapeError({
    message: "gridSample: input and grid do not fit.",
    expected: "[N, C, H, W] and [N, H', W', 2], or [N, C, D, H, W] and [N, D', H', W', 3]",
    received: `${formatShape(x.shape)} and ${formatShape(grid.shape)}`,
    shapes: [x.shape, grid.shape],
  });
}
