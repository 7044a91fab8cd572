import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";
import { sumToShape } from "./sum-to-shape.js";

/** The gradient of `tf.squaredDifference`: 2 · (a - b) · dy. tfjs does not sum over axes that were broadcast. */
export const squaredDifferenceGradient: GradConfig = {
  kernelName: "SquaredDifference",
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => {
    const [a, b] = [present(saved[0]), present(saved[1])];
    return {
      a: () => sumToShape(tf.mul(only(dy), tf.mul(2, tf.sub(a, b))), a.shape),
      b: () => sumToShape(tf.mul(only(dy), tf.mul(2, tf.sub(b, a))), b.shape),
    };
  },
};
