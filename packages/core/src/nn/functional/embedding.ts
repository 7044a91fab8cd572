import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { embedding as embeddingKernel } from "../../kernels/embedding.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkIndices, divideGradientByCount, refuseSparse, shortenRows } from "./embedding-rows.js";

export interface EmbeddingRowOptions {
  /** This row gets no gradient; negative numbers count from the end. */
  readonly paddingIdx?: number | undefined;
  /** Rows that are asked for and longer than this are shortened to it first, in the table itself. */
  readonly maxNorm?: number | undefined;
  /** The norm of `maxNorm`. @default 2 */
  readonly normType?: number | undefined;
  /** Divides the gradient of a row by how often it was asked for. @default false */
  readonly scaleGradByFreq?: boolean | undefined;
  /** Gradients are dense tensors here. PyTorch's default is accepted, so that a call carries over. @default false */
  readonly sparse?: false | undefined;
}

/** The options of `embedding`. */
export const EMBEDDING_OPTIONS = ["paddingIdx", "maxNorm", "normType", "scaleGradByFreq", "sparse"];

/**
 * Rows of a table. indices [...] (int32), weight [rows, D] -> [..., D].
 * @throws ShapeError; MisconfigurationError for a row that the table does not have
 */
export function embedding(
  indices: tf.Tensor,
  weight: tf.Tensor,
  options: EmbeddingRowOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("embedding", { indices, weight });
  checkOptions("embedding", options, EMBEDDING_OPTIONS);
  refuseMore("embedding", more);
  refuseSparse("embedding", options);
  checkIndices("embedding", indices);
  const { paddingIdx, maxNorm, normType, scaleGradByFreq = false } = options;
  const tableRows = weight.shape[0] ?? 0;
  if (maxNorm !== undefined) shortenRows(weight, indices, { maxNorm, normType });
  const paddingIndex = paddingRow(paddingIdx, tableRows) ?? NO_ROW;
  const rows = runFusedSingle(embeddingKernel, { table: weight, indices }, { paddingIndex });
  return scaleGradByFreq ? divideGradientByCount(rows, indices, tableRows) : rows;
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

/**
 * One-hot rows: indices [...] (int32) -> [..., numClasses], float32 (PyTorch's are integers).
 * @param numClasses -1 takes one more than the largest index, which is read at once. @default -1
 */
export function oneHot(indices: tf.Tensor, given?: NumberOr<"numClasses">, ...more: readonly never[]): tf.Tensor {
  requireTensors("oneHot", { indices });
  refuseMore("oneHot", more);
  const numClasses = namedOrFirst("oneHot", given, "numClasses", -1);
  const classes = tf.cast(indices, "int32");
  if (numClasses !== -1) return oneHotRows(classes, numClasses);
  const largest = tf.tidy(() => tf.max(classes).dataSync()[0] ?? 0);
  return oneHotRows(classes, largest + 1);
}
