import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";
import { sumToShape } from "./sum-to-shape.js";

/** The gradient of `tf.div`: da / b - a / b / b · db. tfjs divides by b², which is 0 or Infinity long before b is. */
export const realDivGradient: GradConfig = {
  kernelName: "RealDiv",
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => {
    const [a, b] = [present(saved[0]), tf.cast(present(saved[1]), "float32")];
    return {
      a: () => sumToShape(tf.div(only(dy), b), a.shape),
      // What was broadcast is summed first: divisors are mostly scalars.
      b: () => tf.neg(tf.div(tf.div(sumToShape(tf.mul(only(dy), tf.cast(a, "float32")), b.shape), b), b)),
    };
  },
};
