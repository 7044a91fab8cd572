import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.clipByValue`: dy between the limits, 0 outside and on them, as `torch.clamp` has it. tfjs lets it
 * pass on the limits.
 */
export const clipByValueGradient: GradConfig = {
  kernelName: "ClipByValue",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const isInside = tf.logicalAnd(
        tf.greater(present(x), Number(attrs["clipValueMin"])),
        tf.less(present(x), Number(attrs["clipValueMax"])),
      );
      return tf.where(isInside, only(dy), tf.zerosLike(only(dy)));
    },
  }),
};
