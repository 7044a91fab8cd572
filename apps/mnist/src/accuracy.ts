import type * as tf from "@tensorflow/tfjs-core";

/**
 * The share of rows whose highest score is at the right class.
 * @param scores `[B, classes]`
 * @param labels `[B]` int32
 * @returns a scalar between 0 and 1
 */
export function accuracy(scores: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return scores.argMax(1).equal(labels).mean();
}
