import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** The gradient of an operand that was broadcast: summed over the axes that broadcasting added or stretched. */
export function sumToShape(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = tf.backend_util.getReductionAxes([...shape], gradient.shape);
  const summed = axes.length === 0 ? gradient : tf.sum(gradient, axes);
  return tf.util.arraysEqual(summed.shape, [...shape]) ? summed : tf.reshape(summed, [...shape]);
}
