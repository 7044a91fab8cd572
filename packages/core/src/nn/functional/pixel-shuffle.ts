import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

/** [..., C · r², H, W] -> [..., C, H · r, W · r]. @throws ShapeError */
export function pixelShuffle(x: tf.Tensor, upscaleFactor: number, ...more: readonly never[]): tf.Tensor {
  requireTensors("pixelShuffle", { x });
  refuseMore("pixelShuffle", more);
  const r = upscaleFactor;
  const [channels = 0, height = 0, width = 0] = x.shape.slice(-3);
  if (x.rank < 3 || channels % (r * r) !== 0) throw misfit("pixelShuffle", x, `channels divisible by ${r * r}`);
  const kept = channels / (r * r);
  const apart = tf.reshape(x, [-1, kept, r, r, height, width]);
  return tf.reshape(tf.transpose(apart, [0, 1, 4, 2, 5, 3]), [...x.shape.slice(0, -3), kept, height * r, width * r]);
}

/** [..., C, H · r, W · r] -> [..., C · r², H, W]. @throws ShapeError */
export function pixelUnshuffle(x: tf.Tensor, downscaleFactor: number, ...more: readonly never[]): tf.Tensor {
  requireTensors("pixelUnshuffle", { x });
  refuseMore("pixelUnshuffle", more);
  const r = downscaleFactor;
  const [channels = 0, height = 0, width = 0] = x.shape.slice(-3);
  if (x.rank < 3 || height % r !== 0 || width % r !== 0)
    throw misfit("pixelUnshuffle", x, `height and width divisible by ${r}`);
  const apart = tf.reshape(x, [-1, channels, height / r, r, width / r, r]);
  const shape = [...x.shape.slice(0, -3), channels * r * r, height / r, width / r];
  return tf.reshape(tf.transpose(apart, [0, 1, 3, 5, 2, 4]), shape);
}

/** Channels of x [N, C, ...], taken from the groups in turns. @throws ShapeError */
export function channelShuffle(x: tf.Tensor, groups: number, ...more: readonly never[]): tf.Tensor {
  requireTensors("channelShuffle", { x });
  refuseMore("channelShuffle", more);
  const [batch = 0, channels = 0, ...rest] = x.shape;
  if (x.rank < 3 || channels % groups !== 0) throw misfit("channelShuffle", x, `channels divisible by ${groups}`);
  const apart = tf.reshape(x, [batch, groups, channels / groups, rest.reduce((size, length) => size * length, 1)]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), x.shape);
}

function misfit(operation: string, x: tf.Tensor, expected: string): ShapeError {
  return new ShapeError({
    message: `${operation}: the input cannot be taken apart like this.`,
    expected: `[..., channels, height, width] with ${expected}`,
    received: formatShape(x.shape),
    shapes: [x.shape],
  });
}
