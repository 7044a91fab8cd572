import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.sum`: dy, repeated along the axes. tfjs multiplies it with ones that it makes on the host, which
 * travel to the device in every step.
 */
export const sumGradient: GradConfig = {
  kernelName: "Sum",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({ x: () => repeated(tf.reshape(only(dy), keptShape(present(x), attrs)), present(x)) }),
};

/** As `sumGradient`, for `tf.mean`; the few numbers are divided, not the many. */
export const meanGradient: GradConfig = {
  kernelName: "Mean",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const kept = tf.reshape(only(dy), keptShape(present(x), attrs));
      const count = present(x).size / Math.max(1, kept.size);
      return repeated(tf.div(kept, count), present(x));
    },
  }),
};

function keptShape(x: Tensor, { axis }: NamedAttrMap): number[] {
  const given = Array.isArray(axis)
    ? axis.map(Number)
    : axis === undefined || axis === null
      ? undefined
      : [Number(axis)];
  const axes = tf.util.parseAxisParam(given ?? x.shape.map((_, i) => i), x.shape);
  return x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
}

function repeated(dy: Tensor, { shape, size }: Tensor): Tensor {
  if (size === 0) return tf.zeros(shape);
  if (dy.size === size) return dy;
  return tf.tile(
    dy,
    shape.map((length, axis) => length / (dy.shape[axis] ?? 1)),
  );
}
