import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";

/** Of `tf.unstack`. tfjs fails on an axis of length one, where it gets one gradient instead of a list. */
export const unpackGradient: GradConfig = {
  kernelName: "Unpack",
  gradFunc: (dy, _, attrs) => ({ value: () => tf.stack(listOf(dy), Number(attrs["axis"])) }),
};

/** Of `tf.split`; the same. */
export const splitGradient: GradConfig = {
  kernelName: "SplitV",
  gradFunc: (dy, _, attrs) => ({ x: () => tf.concat(listOf(dy), Number(attrs["axis"])) }),
};

function listOf(dy: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}
