import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { embedding as embeddingKernel } from "../../kernels/embedding.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";

/**
 * Rows of a table. indices [...] (int32), weight [rows, D] -> [..., D].
 * @param options.paddingIdx this row gets no gradient; negative numbers count from the end
 * @throws ShapeError; MisconfigurationError for a row that the table does not have
 */
export function embedding(
  indices: tf.Tensor,
  weight: tf.Tensor,
  options: { readonly paddingIdx?: number | undefined } = {},
): tf.Tensor {
  rejectUnknownOptions("embedding", options, ["paddingIdx"]);
  if (indices.dtype !== "int32")
    throw new ShapeError({
      message: "embedding: indices are integers.",
      expected: "int32",
      received: `${indices.dtype} ${formatShape(indices.shape)}`,
      shapes: [indices.shape],
      tryThis: 'tf.cast(indices, "int32"), or an Int32Array in the dataset.',
    });
  return runFusedSingle(
    embeddingKernel,
    { table: weight, indices },
    { paddingIndex: paddingRow(options.paddingIdx, weight.shape[0] ?? 0) ?? NO_ROW },
  );
}

/** What the kernel takes for no padding. */
const NO_ROW = -1;

/** The row that an index means, counted from the end where it is negative. @throws MisconfigurationError */
export function paddingRow(index: number | undefined, rows: number): number | undefined {
  if (index === undefined) return undefined;
  const row = index < 0 ? rows + index : index;
  if (Number.isInteger(row) && row >= 0 && row < rows) return row;
  throw new MisconfigurationError({
    message: "embedding: paddingIdx is not a row of the table.",
    expected: `${-rows} … ${rows - 1}`,
    received: String(index),
  });
}

/** One-hot rows: indices [...] (int32) -> [..., numClasses], float32. */
export function oneHot(indices: tf.Tensor, numClasses: number): tf.Tensor {
  return oneHotRows(tf.cast(indices, "int32"), numClasses);
}
