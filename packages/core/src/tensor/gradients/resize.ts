import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";
import { bilinearWeights, nearestWeights, type ResizedAxis } from "./resize-weights.js";

/**
 * The gradient of `tf.image.resizeBilinear`: a product with the transposed resize of each axis. tfjs' kernels forget
 * half-pixel centres, and all images but the first.
 */
export const resizeBilinearGradient: GradConfig = resizeGradient("ResizeBilinear", bilinearWeights);

/** The gradient of `tf.image.resizeNearestNeighbor`, as `resizeBilinearGradient`. */
export const resizeNearestGradient: GradConfig = resizeGradient("ResizeNearestNeighbor", nearestWeights);

function resizeGradient(kernelName: string, weightsOf: (axis: ResizedAxis) => Float32Array): GradConfig {
  return {
    kernelName,
    inputsToSave: ["images"],
    gradFunc: (dy, [images], attrs) => ({
      images: () => {
        const { shape } = present(images);
        const rows = alongFirst(only(dy), 1, axisOf(1, shape, only(dy), attrs), weightsOf);
        return alongFirst(rows, 2, axisOf(2, shape, only(dy), attrs), weightsOf);
      },
    }),
  };
}

function axisOf(
  axis: number,
  shape: readonly number[],
  dy: Tensor,
  { alignCorners, halfPixelCenters }: NamedAttrMap,
): ResizedAxis {
  return {
    from: shape[axis] ?? 1,
    to: dy.shape[axis] ?? 1,
    alignCorners: alignCorners === true,
    halfPixelCenters: halfPixelCenters === true,
  };
}

/** Multiplies one axis of [N, H, W, C], which goes first for it, by a matrix [from, to]. */
function alongFirst(
  x: Tensor,
  axis: number,
  resized: ResizedAxis,
  weightsOf: (axis: ResizedAxis) => Float32Array,
): Tensor {
  const { from, to } = resized;
  const order = [axis, ...[0, 1, 2, 3].filter((other) => other !== axis)];
  const moved = tf.transpose(x, order);
  const product = tf.matMul(tf.tensor(weightsOf(resized), [from, to]), tf.reshape(moved, [to, -1]));
  return tf.transpose(
    tf.reshape(product, [from, ...moved.shape.slice(1)]),
    [0, 1, 2, 3].map((place) => order.indexOf(place)),
  );
}
