import { F, tf } from "@lightning-ts/core";

/** A window along one axis, and by how much the images are continued, as in a mirror, before it slides over them. */
export interface WindowAxis {
  readonly weights: readonly number[];
  readonly padding: number;
}

/** Weights of a bell curve, of sum 1. */
export function gaussianWeights(size: number, sigma: number): number[] {
  const weights = Array.from({ length: size }, (_, i) => Math.exp(-(((i - (size - 1) / 2) / sigma) ** 2) / 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

export function equalWeights(size: number): number[] {
  return Array.from({ length: size }, () => 1 / size);
}

/** Continues images at their edges, as in a mirror. @param axes of the spatial dimensions, in their order */
export function mirrored(images: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  const padding = axes.toReversed().flatMap((axis) => [axis.padding, axis.padding]);
  return padding.every((length) => length === 0) ? images : F.pad(images, padding, { mode: "reflect" });
}

/** Weighted means in a window that slides over images, one axis after another. */
export function windowMeans(images: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  return axes.reduce((x, { weights }, i) => meansAlong(x, i + 2, weights), images);
}

/** A convolution with a column sees one axis if all before it are the batch, and all after it the width. */
function meansAlong(x: tf.Tensor, axis: number, weights: readonly number[]): tf.Tensor {
  const length = x.shape[axis] ?? 1;
  const after = x.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const columns = tf.reshape(x, [-1, 1, length, after]);
  const means = F.conv2d(columns, tf.tensor4d([...weights], [1, 1, weights.length, 1]));
  const shape = [...x.shape];
  shape[axis] = length - weights.length + 1;
  return tf.reshape(means, shape);
}

/** Without so much at each edge. */
export function cropped(images: tf.Tensor, margins: readonly number[]): tf.Tensor {
  const start = [0, 0, ...margins];
  const size = images.shape.map((length, axis) => length - 2 * (start[axis] ?? 0));
  return tf.slice(images, start, size);
}
