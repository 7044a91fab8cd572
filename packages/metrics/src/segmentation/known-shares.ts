import { tf } from "@lightning-ts/core";

/** A quotient that is NaN where nothing is there. */
export function share(part: tf.Tensor, whole: tf.Tensor): tf.Tensor {
  return tf.where(tf.equal(whole, 0), tf.fill(whole.shape, Number.NaN), tf.div(part, whole));
}

/** The mean of what is not NaN, along one dimension or of all; NaN where nothing is known. */
export function meanOfKnown(x: tf.Tensor, axis?: number): tf.Tensor {
  const isKnown = tf.logicalNot(tf.isNaN(x));
  const known = tf.where(isKnown, x, tf.zerosLike(x));
  return share(tf.sum(known, axis), tf.sum(tf.cast(isKnown, "float32"), axis));
}

/** The same with another number in the place of NaN. */
export function withoutNaN(x: tf.Tensor, instead: number): tf.Tensor {
  return tf.where(tf.isNaN(x), tf.fill(x.shape, instead), x);
}
