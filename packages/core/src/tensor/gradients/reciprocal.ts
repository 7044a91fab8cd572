import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.reciprocal`: -y² · dy with the result y, as `torch.reciprocal` has it: a second derivative at 0
 * is infinite, where that of dy / x² is NaN.
 */
export const reciprocalGradient: GradConfig = {
  kernelName: "Reciprocal",
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => tf.mul(only(dy), tf.neg(tf.square(present(y)))) }),
};
