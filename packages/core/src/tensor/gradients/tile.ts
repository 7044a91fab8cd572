import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.tile`: the sum over all copies. tfjs slices them out one by one, and refuses more than four
 * dimensions.
 */
export const tileGradient: GradConfig = {
  kernelName: "Tile",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const reps = Array.isArray(attrs["reps"]) ? attrs["reps"].map(Number) : [];
      return reps.reduce<Tensor>(
        (gradient, times, axis) => (times === 1 ? gradient : sumCopies(gradient, axis, present(x).shape[axis] ?? 1)),
        only(dy),
      );
    },
  }),
};

/** [..., times · length, ...] -> [..., length, ...]. */
function sumCopies(dy: Tensor, axis: number, length: number): Tensor {
  const [before, after] = [dy.shape.slice(0, axis), dy.shape.slice(axis + 1)];
  const times = length === 0 ? 0 : (dy.shape[axis] ?? 0) / length;
  const rows = [tf.util.sizeFromShape(before), times, length, tf.util.sizeFromShape(after)];
  return tf.reshape(tf.sum(tf.reshape(dy, rows), 1), [...before, length, ...after]);
}
