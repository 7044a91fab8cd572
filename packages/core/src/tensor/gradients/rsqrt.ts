import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/** -y³ / 2 · dy of the result y, as `torch.rsqrt` has it: no power, and right at -0 and -Infinity. */
export const rsqrtGradient: GradConfig = {
  kernelName: "Rsqrt",
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => tf.mul(only(dy), tf.mul(tf.mul(present(y), tf.square(present(y))), -0.5)) }),
};
