import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/** The gradient of `tf.diag`, which tfjs lacks: the diagonal of dy. */
export const diagGradient: GradConfig = {
  kernelName: "Diag",
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const { size, shape } = present(x);
      // Of rows of size + 1 elements, the diagonal is the first column.
      const padded = tf.pad(tf.reshape(only(dy), [size * size]), [[0, size]]);
      return tf.reshape(tf.slice(tf.reshape(padded, [size, size + 1]), [0, 0], [size, 1]), shape);
    },
  }),
};
