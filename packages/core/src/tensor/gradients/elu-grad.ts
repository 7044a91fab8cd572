import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of elu's own gradient (dy · (y + 1) below 0, dy above), so that elu has second derivatives. tfjs lacks
 * it.
 */
export const eluGradGradient: GradConfig = {
  kernelName: "EluGrad",
  inputsToSave: ["dy", "y"],
  gradFunc: (ddx, [dy, y]) => ({
    dy: () => eluGrad(only(ddx), present(y)),
    y: () => tf.where(tf.greaterEqual(present(y), 0), tf.zerosLike(present(y)), tf.mul(only(ddx), present(dy))),
  }),
};

function eluGrad(dy: Tensor, y: Tensor): Tensor {
  const slope = tf.where(tf.greaterEqual(y, 0), tf.onesLike(y), tf.add(y, 1));
  return tf.mul(dy, slope);
}
