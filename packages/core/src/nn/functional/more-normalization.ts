import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { pad } from "./pad.js";

/** The smallest difference of float32 numbers near 1: what PyTorch adds where nothing else is asked for. */
const FLOAT32_EPS = 2 ** -23;

export interface RmsNormOptions {
  /** A factor for each element, in the normalized shape. */
  readonly weight?: tf.Tensor | undefined;
  /** @default 2^-23 */
  readonly eps?: number | undefined;
}

/** Divides by the root mean square over the last dimensions, which must be `normalizedShape`. @throws ShapeError */
export function rmsNorm(
  x: tf.Tensor,
  normalizedShape: readonly number[],
  options: RmsNormOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("rmsNorm", { x });
  checkOptions("rmsNorm", options, ["weight", "eps"]);
  refuseMore("rmsNorm", more);
  checkFloats("rmsNorm", { input: x, weight: options.weight });
  const dims = normalizedShape.length;
  if (!tf.util.arraysEqual(x.shape.slice(x.rank - dims), [...normalizedShape]))
    throw new ShapeError({
      message: "rmsNorm: the input does not end with the normalized shape.",
      expected: `[..., ${normalizedShape.join(", ")}]`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  const axes = Array.from({ length: dims }, (_, i) => x.rank - dims + i);
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), options.eps ?? FLOAT32_EPS));
  const normalized = tf.mul(x, scale);
  return options.weight === undefined ? normalized : tf.mul(normalized, options.weight);
}

export interface LocalResponseNormOptions {
  /** @default 1e-4 */
  readonly alpha?: number | undefined;
  /** @default 0.75 */
  readonly beta?: number | undefined;
  /** @default 1 */
  readonly k?: number | undefined;
}

/** x / (k + alpha · mean of the squares of `size` neighbouring channels)^beta. x [N, C, ...]. @throws ShapeError */
export function localResponseNorm(
  x: tf.Tensor,
  size: number,
  options: LocalResponseNormOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("localResponseNorm", { x });
  checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  refuseMore("localResponseNorm", more);
  checkFloats("localResponseNorm", { input: x });
  if (x.rank < 3)
    throw new ShapeError({
      message: "localResponseNorm: the input has no space.",
      expected: "[batch, channels, length, ...]",
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const behindChannels = x.shape.slice(2).flatMap(() => [0, 0]);
  const padded = pad(tf.square(x), [...behindChannels, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
  const windows = Array.from({ length: size }, (_, i) =>
    tf.slice(
      padded,
      x.shape.map((_length, axis) => (axis === 1 ? i : 0)),
      x.shape,
    ),
  );
  const sum = windows.reduce((total, window) => tf.add(total, window));
  return tf.div(x, tf.pow(tf.add(tf.mul(sum, alpha / size), k), beta));
}
