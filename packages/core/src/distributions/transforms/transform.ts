import type { tf } from "../../tensor/tf.js";

/** An invertible function of each element. */
export interface Transform {
  forward(x: tf.Tensor): tf.Tensor;
  inverse(y: tf.Tensor): tf.Tensor;
  /** The logarithm of the derivative's magnitude at x, where the result is y. */
  logAbsDetJacobian(x: tf.Tensor, y: tf.Tensor): tf.Tensor;
}
