import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { dropout } from "./dropout.js";

export interface DropoutOptions {
  /** 0 … 1. @default 0.5 */
  readonly p?: number | undefined;
  /** @default true */
  readonly training?: boolean | undefined;
}

/** Zeroes whole channels of sequences [N, C, L] or [C, L]. @throws ShapeError */
export function dropout1d(x: tf.Tensor, options: DropoutOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("dropout1d", { x });
  refuseMore("dropout1d", more);
  return dropChannels(x, options, 1);
}

/** Zeroes whole channels of images [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function dropout2d(x: tf.Tensor, options: DropoutOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("dropout2d", { x });
  refuseMore("dropout2d", more);
  return dropChannels(x, options, 2);
}

/** Zeroes whole channels of volumes [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function dropout3d(x: tf.Tensor, options: DropoutOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("dropout3d", { x });
  refuseMore("dropout3d", more);
  return dropChannels(x, options, 3);
}

function dropChannels(x: tf.Tensor, options: DropoutOptions, dimensions: number): tf.Tensor {
  checkOptions(`dropout${dimensions}d`, options, ["p", "training"]);
  checkFloats(`dropout${dimensions}d`, { x });
  const channels = x.rank - dimensions;
  if (channels !== 1 && channels !== 2)
    throw new ShapeError({
      message: `dropout${dimensions}d: the input has the wrong number of dimensions.`,
      expected: `[N, C${", length".repeat(dimensions)}], or without N`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  if (options.training === false || options.p === 0) return x;
  const shape = x.shape.map((length, axis) => (axis < channels ? length : 1));
  return tf.mul(x, dropout(tf.ones(shape), options));
}

/** What self-normalizing activations (`selu`) have far below zero. */
const SATURATED = -1.7580993408473766;

/** Dropout that keeps mean and deviation: dropped elements get the value that `selu` has far below zero. */
export function alphaDropout(x: tf.Tensor, options: DropoutOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("alphaDropout", { x });
  checkOptions("alphaDropout", options, ["p", "training"]);
  refuseMore("alphaDropout", more);
  checkFloats("alphaDropout", { x });
  return dropToSaturated(x, options, x.shape);
}

/** The same for whole channels: x [N, C, ...]. @throws ShapeError */
export function featureAlphaDropout(x: tf.Tensor, options: DropoutOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("featureAlphaDropout", { x });
  checkOptions("featureAlphaDropout", options, ["p", "training"]);
  refuseMore("featureAlphaDropout", more);
  checkFloats("featureAlphaDropout", { x });
  if (x.rank < 2)
    throw new ShapeError({
      message: "featureAlphaDropout: the input has no channels.",
      expected: "[N, C, ...]",
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  return dropToSaturated(
    x,
    options,
    x.shape.map((length, axis) => (axis < 2 ? length : 1)),
  );
}

/** @param maskShape how elements are dropped together; broadcast to x */
function dropToSaturated(x: tf.Tensor, options: DropoutOptions, maskShape: readonly number[]): tf.Tensor {
  const { p = 0.5, training = true } = options;
  if (!training || p === 0) return dropout(x, { p, training: false });
  if (p === 1) return tf.mul(x, 0);
  const kept = tf.mul(dropout(tf.ones([...maskShape]), { p }), 1 - p); // 1 or 0
  const scale = 1 / Math.sqrt((1 - p) * (1 + p * SATURATED ** 2));
  const shifted = tf.add(tf.mul(x, kept), tf.mul(tf.sub(1, kept), SATURATED));
  return tf.add(tf.mul(shifted, scale), -scale * SATURATED * p);
}
