import { tf } from "@lightning-ts/core";

/** The same random rows in every run, with as many labels of each class; kept. */
export function labelledBatch(rows: number, features: number, classes: number): { x: tf.Tensor2D; y: tf.Tensor1D } {
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  return {
    x: tf.keep(tf.randomNormal<tf.Rank.R2>([rows, features], 0, 1, "float32", 7)),
    y: tf.keep(tf.tensor1d(labels, "int32")),
  };
}
