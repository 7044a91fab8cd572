import type { DigitBatch, MnistBatch } from "@apps/mnist-data";
import * as tf from "@tensorflow/tfjs";

/**
 * A small `tf.LayersModel`: images `[B, 1, 28, 28]` to scores `[B, 10]`. The seeds make every run start from the same
 * weights.
 */
export function createModel(): tf.LayersModel {
  const layers = [
    tf.layers.flatten({ inputShape: [1, 28, 28] }),
    tf.layers.dense({ units: 32, activation: "relu", kernelInitializer: tf.initializers.heUniform({ seed: 1 }) }),
    tf.layers.dense({ units: 10, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
  ];
  return tf.sequential({ layers });
}

/** Softmax cross-entropy of a batch, which may be in ordinary memory or on a device. */
export function lossOf(model: tf.LayersModel, [images, labels]: DigitBatch | MnistBatch): tf.Scalar {
  const scores = model.apply(toTensor(images));
  if (!(scores instanceof tf.Tensor)) throw new Error("The model has one output.");
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(tf.oneHot(toTensor(labels), 10), scores);
}

function toTensor(values: tf.Tensor | tf.TensorBuffer<tf.Rank, tf.DataType>): tf.Tensor {
  return values instanceof tf.Tensor ? values : values.toTensor();
}
