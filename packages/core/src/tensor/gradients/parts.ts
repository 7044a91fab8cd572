import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";

/** The gradient of `tf.unstack`. tfjs fails on an axis of length one, where it gets one gradient instead of a list. */
export const unpackGradient: GradConfig = {
  kernelName: "Unpack",
  gradFunc: (dy, _, attrs) => ({ value: () => tf.stack(listOf(dy), Number(attrs["axis"])) }),
};

/** The gradient of `tf.split`, where tfjs fails in the same way. */
export const splitGradient: GradConfig = {
  kernelName: "SplitV",
  gradFunc: (dy, _, attrs) => ({ x: () => tf.concat(listOf(dy), Number(attrs["axis"])) }),
};

function listOf(dy: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}
