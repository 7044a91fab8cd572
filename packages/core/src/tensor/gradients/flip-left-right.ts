import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only } from "./arguments.js";

/**
 * The gradient of `tf.image.flipLeftRight`, which tfjs lacks: dy is flipped back. Images are [batch, height, width,
 * channels].
 */
export const flipLeftRightGradient: GradConfig = {
  kernelName: "FlipLeftRight",
  gradFunc: (dy) => ({ image: () => tf.reverse(only(dy), 2) }),
};
