import { RandomStream } from "../random/random-stream.js";
import { tf } from "../tensor/tf.js";

/** Draws come from the random stream "distributions". */
export const distributionStream = (): RandomStream => RandomStream.named("distributions");

/** Uniform in [0, 1). */
export function drawUniform(shape: readonly number[]): tf.Tensor {
  return tf.tensor(distributionStream().fillUniform(new Float32Array(tf.util.sizeFromShape([...shape]))), [...shape]);
}

export function drawNormal(shape: readonly number[]): tf.Tensor {
  return tf.tensor(distributionStream().fillNormal(new Float32Array(tf.util.sizeFromShape([...shape]))), [...shape]);
}
