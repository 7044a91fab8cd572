import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/** The gradient of `tf.relu6`: dy where 0 < x < 6, and 0 at 6 too, as `F.relu6` has it. tfjs lets it pass at 6. */
export const relu6Gradient: GradConfig = {
  kernelName: "Relu6",
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const isFlat = tf.logicalOr(tf.lessEqual(present(x), 0), tf.greaterEqual(present(x), 6));
      return tf.where(isFlat, tf.zerosLike(only(dy)), only(dy));
    },
  }),
};
