import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";
import { sumToShape } from "./sum-to-shape.js";

/**
 * The gradient of `tf.atan2`: (b · da - a · db) / (a² + b²), and 0 at the origin, as `torch.atan2` has it. tfjs divides
 * by 0 there.
 */
export const atan2Gradient: GradConfig = {
  kernelName: "Atan2",
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => {
    const [a, b] = [present(saved[0]), present(saved[1])];
    return {
      a: () => sumToShape(tf.mul(only(dy), tf.mul(b, inverseSquare(a, b))), a.shape),
      b: () => sumToShape(tf.mul(only(dy), tf.mul(tf.neg(a), inverseSquare(a, b))), b.shape),
    };
  },
};

/** 1 / (a² + b²), 0 where that is 1 / 0. */
function inverseSquare(a: Tensor, b: Tensor): Tensor {
  const square = tf.add(tf.square(a), tf.square(b));
  const isZero = tf.equal(square, 0);
  return tf.where(isZero, tf.zerosLike(square), tf.reciprocal(tf.where(isZero, tf.onesLike(square), square)));
}
