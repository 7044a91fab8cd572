import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.where`: dy for what was selected and 0 for the other, also where dy is NaN or infinite; tfjs
 * multiplies by 0 there.
 */
export const selectGradient: GradConfig = {
  kernelName: "Select",
  inputsToSave: ["condition"],
  gradFunc: (dy, [condition]) => ({
    condition: () => tf.zeros(present(condition).shape),
    t: () => tf.where(present(condition), only(dy), tf.zerosLike(only(dy))),
    e: () => tf.where(present(condition), tf.zerosLike(only(dy)), only(dy)),
  }),
};
