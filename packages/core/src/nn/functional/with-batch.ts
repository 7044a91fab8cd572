import { reshape } from "../../kernels/reshape.js";
import type { tf } from "../../tensor/tf.js";

/** Runs an operation of batches on a single example too, as PyTorch's layers take both: [C, ...] in, [C', ...] out. */
export function withBatch(x: tf.Tensor, batchedRank: number, operation: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (x.rank !== batchedRank - 1) return operation(x);
  const y = operation(reshape(x, [1, ...x.shape]));
  return reshape(y, y.shape.slice(1));
}
