import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

type NormOptions = readonly [
  x: Tensor | tf.TensorLike,
  order?: number | "euclidean" | "fro",
  axis?: number | number[] | null,
  keepDims?: boolean,
];

/**
 * `tf.norm`, with the gradient that `torch.linalg.vector_norm` has where the Euclidean norm is 0: 0. tfjs
 * differentiates the square root there, which gives NaN. Other orders are tfjs' own.
 */
export function norm(...[x, order = "euclidean", axis = null, keepDims = false]: NormOptions): Tensor {
  const values = typeof x === "object" && x instanceof tf.Tensor ? x : tf.tensor(x);
  const isEuclidean = order === "euclidean" || order === "fro" || order === 2;
  const isVectorOfScalar = values.rank === 0;
  if (!isEuclidean || isVectorOfScalar || (order === 2 && Array.isArray(axis) && axis.length > 1))
    return tf.norm(values, order, axis ?? undefined, keepDims);
  const axes = axis === null ? values.shape.map((_, i) => i) : tf.util.parseAxisParam(axis, values.shape);
  const length = euclidean(tf.cast(values, "float32"), axes);
  return keepDims
    ? length
    : tf.reshape(
        length,
        values.shape.filter((_, i) => !axes.includes(i)),
      );
}

/**
 * sqrt(Σ x²) with kept dimensions. dx = x / norm · dy, made of operations with gradients, so that it has derivatives of
 * its own.
 */
function euclidean(x: Tensor, axes: readonly number[]): Tensor {
  const compute = tf.customGrad((...args: (Tensor | tf.GradSaveFunc)[]) => {
    const [values, save] = args;
    if (!(values instanceof tf.Tensor) || typeof save !== "function")
      throw new RangeError("tf.customGrad passes a tensor and a function to save it with");
    save([values]);
    return {
      value: tf.sqrt(tf.sum(tf.square(values), [...axes], true)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const held = saved[0] ?? x;
        const length = euclidean(held, axes);
        const isZero = tf.equal(length, 0);
        return tf.mul(
          held,
          tf.where(isZero, tf.zerosLike(length), tf.div(dy, tf.where(isZero, tf.onesLike(length), length))),
        );
      },
    };
  });
  return compute(x);
}
