import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.tensorScatterUpdate`, which tfjs lacks: what was overwritten gets 0, what was written gets dy
 * from there.
 */
export const tensorScatterUpdateGradient: GradConfig = {
  kernelName: "TensorScatterUpdate",
  inputsToSave: ["indices", "updates"],
  gradFunc: (dy, [indices, updates]) => ({
    // dy itself is not updated: tfjs' cpu kernel writes into its input.
    tensor: () =>
      tf.mul(
        only(dy),
        tf.tensorScatterUpdate(tf.ones(only(dy).shape), present(indices), tf.zerosLike(present(updates))),
      ),
    indices: () => tf.zeros(present(indices).shape),
    updates: () => tf.gatherND(only(dy), present(indices)),
  }),
};
