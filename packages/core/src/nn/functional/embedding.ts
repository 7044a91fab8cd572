import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { embedding as embeddingKernel } from "../../kernels/embedding.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";

/**
 * Rows of a table. indices [...] (int32), weight [rows, D] -> [..., D].
 * @param options.paddingIdx this row gets no gradient
 * @throws ShapeError
 */
export function embedding(indices: tf.Tensor, weight: tf.Tensor, options: { readonly paddingIdx?: number | undefined } = {}): tf.Tensor {
  if (indices.dtype !== "int32") throw new ShapeError({ message: "embedding: indices are integers.", expected: "int32", received: `${indices.dtype} ${formatShape(indices.shape)}`, tryThis: 'tf.cast(indices, "int32"), or an Int32Array in the dataset.' });
  return runFusedSingle(embeddingKernel, { table: weight, indices }, { paddingIndex: options.paddingIdx ?? -1 });
}

/** One-hot rows: indices [...] (int32) -> [..., numClasses], float32. */
export function oneHot(indices: tf.Tensor, numClasses: number): tf.Tensor {
  return oneHotRows(tf.cast(indices, "int32"), numClasses);
}
