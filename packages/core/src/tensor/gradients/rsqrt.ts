import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.rsqrt`: -y³ / 2 · dy with the result y, as `torch.rsqrt` has it. It needs no power and is right
 * at -0 and -Infinity.
 */
export const rsqrtGradient: GradConfig = {
  kernelName: "Rsqrt",
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => tf.mul(only(dy), tf.mul(tf.mul(present(y), tf.square(present(y))), -0.5)) }),
};
