import { tf } from "../../tensor/tf.js";

/** Replaces the elements along an axis by `length` mixtures of them. @param shares [elements, length] by rows */
export function mixAlongAxis(x: tf.Tensor, axis: number, shares: Float32Array, length: number): tf.Tensor {
  const input = x.shape[axis] ?? 0;
  const order = x.shape.map((_, i) => (i === axis ? x.rank - 1 : i === x.rank - 1 ? axis : i));
  const product = tf.matMul(tf.reshape(tf.transpose(x, order), [-1, input]), tf.tensor2d(shares, [input, length]));
  const shape = order.map((from) => (from === axis ? length : (x.shape[from] ?? 1)));
  return tf.transpose(tf.reshape(product, shape), order);
}
