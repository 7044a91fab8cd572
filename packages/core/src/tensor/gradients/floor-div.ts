import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { present } from "./arguments.js";

/**
 * The gradient of `tf.floorDiv` is 0: floor(a / b) is flat between its jumps, as `torch.floor_divide` has it. tfjs
 * gives it the gradient of a / b.
 */
export const floorDivGradient: GradConfig = {
  kernelName: "FloorDiv",
  inputsToSave: ["a", "b"],
  gradFunc: (_, [a, b]) => ({ a: () => tf.zeros(present(a).shape), b: () => tf.zeros(present(b).shape) }),
};
