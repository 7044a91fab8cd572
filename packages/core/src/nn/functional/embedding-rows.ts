import { describeValue } from "../../errors/describe-value.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { embeddingGrad } from "../../kernels/embedding.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { detach } from "../../tensor/detach.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";

/** @throws ShapeError unless the indices are int32 */
export function checkIndices(operation: string, indices: tf.Tensor): void {
  if (indices.dtype === "int32") return;
  throw new ShapeError({
    message: `${operation}: indices are integers.`,
    expected: "int32",
    received: `${indices.dtype} ${formatShape(indices.shape)}`,
    shapes: [indices.shape],
    tryThis: 'tf.cast(indices, "int32"), or an Int32Array in the dataset.',
  });
}

/** Says why there are no sparse gradients to callers that ask for some. @throws MisconfigurationError */
export function refuseSparse(owner: string, { sparse }: { readonly sparse?: unknown }): void {
  if (sparse === undefined || sparse === false) return;
  throw new MisconfigurationError({
    message: `${owner} has no sparse gradients: the gradient of a table is a dense tensor here.`,
    expected: "sparse: false, or nothing",
    received: describeValue(sparse),
    tryThis:
      "leave it out. SGD and Adagrad give the same numbers, and optim.SparseAdam leaves rows without gradient as they are; " +
      "what is not saved is memory, that of one more table.",
  });
}

/** How often each of `rows` rows is asked for, [rows]. */
function countRows(indices: tf.Tensor, rows: number): tf.Tensor {
  const ones = tf.ones([indices.size, 1]);
  const flat = tf.reshape(indices, [-1]);
  return tf.reshape(runFusedSingle(embeddingGrad, { dy: ones, indices: flat }, { rows, paddingIndex: -1 }), [rows]);
}

/**
 * Shortens rows of a table that are asked for, in place, so that their norms are at most `maxNorm`. No gradient sees
 * it.
 * @throws MisconfigurationError where the table is no variable
 */
export function shortenRows(
  weight: tf.Tensor,
  indices: tf.Tensor,
  { maxNorm, normType = 2 }: { readonly maxNorm: number; readonly normType?: number | undefined },
): void {
  if (!(weight instanceof tf.Variable))
    throw new MisconfigurationError({
      message: "embedding: maxNorm changes the table, which cannot be changed.",
      expected: "a parameter or a tf.Variable",
      received: `a tensor of shape ${formatShape(weight.shape)}`,
    });
  noGrad(() =>
    tf.tidy(() => {
      const rows = weight.shape[0] ?? 0;
      const isUsed = tf.greater(countRows(indices, rows), 0);
      const norms = tf.pow(tf.sum(tf.pow(tf.abs(weight), normType), 1), 1 / normType);
      const isLong = tf.logicalAnd(isUsed, tf.greater(norms, maxNorm));
      const factors = tf.where(isLong, tf.div(maxNorm, tf.add(norms, 1e-7)), tf.onesLike(norms));
      weight.assign(tf.mul(weight, tf.reshape(factors, [rows, 1])));
    }),
  );
}

/** The same rows, whose gradient is divided by how often each of them was asked for. rows [..., D], indices [...]. */
export function divideGradientByCount(rows: tf.Tensor, indices: tf.Tensor, tableRows: number): tf.Tensor {
  const counts = noGrad(() => tf.tidy(() => tf.gather(countRows(indices, tableRows), indices)));
  const scaled = tf.div(rows, tf.expandDims(counts, -1));
  return tf.add(detach(rows), tf.sub(scaled, detach(scaled)));
}
