import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/** Of dy · (y + 1) below 0 and dy above, so that elu has second derivatives; tfjs has none. */
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
