import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig } from "@tensorflow/tfjs-core";
import { only } from "./arguments.js";

/**
 * The gradient of `tf.cumsum`: the running sum of dy from the other end. tfjs transposes it once too often for another
 * axis than the last, which gives a wrong shape, or wrong numbers where the lengths are equal.
 */
export const cumsumGradient: GradConfig = {
  kernelName: "Cumsum",
  gradFunc: (dy, _, attrs) => ({
    x: () => tf.cumsum(only(dy), Number(attrs["axis"]), attrs["exclusive"] === true, attrs["reverse"] !== true),
  }),
};
