import { tf } from "@lightning-ts/core";

/** Added to both powers, so that silence has a ratio: float32's relative rounding error. */
const EPSILON = 2 ** -23;

/** Without its mean over time, the last dimension. */
export function centred(signal: tf.Tensor): tf.Tensor {
  return tf.sub(signal, tf.mean(signal, -1, true));
}

/** The ratio of the powers of signal and noise, in decibels. */
export function ratioOf(signal: tf.Tensor, noise: tf.Tensor): tf.Tensor {
  const power = (x: tf.Tensor): tf.Tensor => tf.add(tf.sum(tf.square(x), -1), EPSILON);
  return tf.mul(tf.log(tf.div(power(signal), power(noise))), 10 / Math.LN10);
}

/** The part of the target that is in the prediction. */
function projection(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const common = tf.add(tf.sum(tf.mul(preds, target), -1, true), EPSILON);
  const power = tf.add(tf.sum(tf.square(target), -1, true), EPSILON);
  return tf.mul(tf.div(common, power), target);
}

/** The ratio of what is the target in the prediction and the rest of it. */
export function scaleInvariantRatio(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const part = projection(preds, target);
  return ratioOf(part, tf.sub(part, preds));
}
