import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { embedding as embeddingKernel, embeddingGrad } from "../../kernels/embedding.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { EMBEDDING_OPTIONS, paddingRow, type EmbeddingRowOptions } from "./embedding.js";
import { checkIndices, divideGradientByCount, refuseSparse, shortenRows } from "./embedding-rows.js";

export interface EmbeddingBagOptions extends EmbeddingRowOptions {
  /** Where each bag begins, for indices in one line: int32 [bags], the first one 0. */
  readonly offsets?: tf.Tensor | undefined;
  /** What a bag makes of its rows. @default "mean" */
  readonly mode?: "sum" | "mean" | "max" | undefined;
  /** A factor for each row, with mode "sum"; of the indices' shape. */
  readonly perSampleWeights?: tf.Tensor | undefined;
  /** Whether the last offset is the end of the last bag. @default false */
  readonly includeLastOffset?: boolean | undefined;
}

/** The options of `embeddingBag` that a layer has too. */
export const BAG_OPTIONS: readonly string[] = [...EMBEDDING_OPTIONS, "mode", "includeLastOffset"];

/**
 * Sums, means or maxima of rows of a table: indices [bags, length], or [count] with `offsets`, weight [rows, D] ->
 * [bags, D]. Rows at `paddingIdx` do not count; an empty bag is zeros.
 * @throws ShapeError; MisconfigurationError
 */
export function embeddingBag(
  indices: tf.Tensor,
  weight: tf.Tensor,
  options: EmbeddingBagOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("embeddingBag", { indices, weight });
  checkOptions("embeddingBag", options, [...BAG_OPTIONS, "offsets", "perSampleWeights"]);
  refuseMore("embeddingBag", more);
  refuseSparse("embeddingBag", options);
  checkBags(indices, options);
  const { maxNorm, normType, mode = "mean", perSampleWeights: weights, scaleGradByFreq = false } = options;
  const tableRows = weight.shape[0] ?? 0;
  if (maxNorm !== undefined) shortenRows(weight, indices, { maxNorm, normType });
  const padding = paddingRow(options.paddingIdx, tableRows);
  const found = runFusedSingle(embeddingKernel, { table: weight, indices }, { paddingIndex: padding ?? -1 });
  const rows = scaleGradByFreq ? divideGradientByCount(found, indices, tableRows) : found;
  const counts = padding === undefined ? undefined : tf.notEqual(indices, tf.scalar(padding, "int32"));
  const bags = indices.rank === 2 ? evenBags(rows, counts) : bagsAt(rows, counts, options);
  if (mode === "max") return bags.max();
  if (mode === "mean") return tf.div(bags.sum(asFactors(counts)), tf.expandDims(tf.maximum(bags.counts(), 1), -1));
  return bags.sum(
    weights === undefined || counts === undefined
      ? (weights ?? asFactors(counts))
      : tf.mul(weights, asFactors(counts) ?? 1),
  );
}

/** Rows in bags: what can be made of each bag. */
interface Bags {
  /** [bags, D]; each row times its factor */
  sum(factors: tf.Tensor | undefined): tf.Tensor;
  /** [bags, D]; zeros where nothing counts */
  max(): tf.Tensor;
  /** [bags] */
  counts(): tf.Tensor;
}

function asFactors(counts: tf.Tensor | undefined): tf.Tensor | undefined {
  return counts === undefined ? undefined : tf.cast(counts, "float32");
}

/** rows [bags, length, D], counts [bags, length] */
function evenBags(rows: tf.Tensor, counts: tf.Tensor | undefined): Bags {
  const [bags = 0, length = 0] = rows.shape;
  return {
    sum: (factors) => tf.sum(factors === undefined ? rows : tf.mul(rows, tf.expandDims(factors, -1)), 1),
    max: () => largest(rows, counts ?? tf.ones([bags, length], "bool")),
    counts: () => (counts === undefined ? tf.fill([bags], length) : tf.sum(tf.cast(counts, "float32"), 1)),
  };
}

/** rows [count, D], counts [count] */
function bagsAt(rows: tf.Tensor, counts: tf.Tensor | undefined, options: EmbeddingBagOptions): Bags {
  const { offsets = tf.zeros([1], "int32"), includeLastOffset = false } = options;
  const bags = (offsets.shape[0] ?? 0) - (includeLastOffset ? 1 : 0);
  const starts = tf.slice(offsets, [0], [bags]);
  const places = tf.range(0, rows.shape[0] ?? 0, 1, "int32");
  const hasBegun = tf.greaterEqual(tf.expandDims(places, 1), tf.expandDims(starts, 0)); // [count, bags]
  const bagOf = tf.sub(tf.sum(tf.cast(hasBegun, "int32"), 1), tf.scalar(1, "int32"));
  const sum = (values: tf.Tensor): tf.Tensor =>
    runFusedSingle(embeddingGrad, { dy: values, indices: bagOf }, { rows: bags, paddingIndex: -1 });
  return {
    sum: (factors) => sum(factors === undefined ? rows : tf.mul(rows, tf.expandDims(factors, -1))),
    max: () => {
      const isInBag = tf.equal(tf.expandDims(tf.range(0, bags, 1, "int32"), 1), tf.expandDims(bagOf, 0));
      const seen = counts === undefined ? isInBag : tf.logicalAnd(isInBag, tf.expandDims(counts, 0));
      return largest(tf.broadcastTo(tf.expandDims(rows, 0), [bags, ...rows.shape]), seen);
    },
    counts: () => tf.reshape(sum(tf.expandDims(asFactors(counts) ?? tf.ones([rows.shape[0] ?? 0]), -1)), [bags]),
  };
}

/** The largest of the rows that count: rows [bags, length, D], counts [bags, length] -> [bags, D]. */
function largest(rows: tf.Tensor, counts: tf.Tensor): tf.Tensor {
  const [bags = 0, , width = 0] = rows.shape;
  if (rows.size === 0) return tf.zeros([bags, width]);
  const seen = tf.where(tf.broadcastTo(tf.expandDims(counts, -1), rows.shape), rows, tf.fill(rows.shape, -Infinity));
  const isEmpty = tf.logicalNot(tf.any(counts, 1, true));
  return tf.where(tf.broadcastTo(isEmpty, [bags, width]), tf.zeros([bags, width]), tf.max(seen, 1));
}

function checkBags(indices: tf.Tensor, options: EmbeddingBagOptions): void {
  checkIndices("embeddingBag", indices);
  const { mode = "mean", offsets, perSampleWeights: weights } = options;
  if (!["sum", "mean", "max"].includes(mode) || (weights !== undefined && mode !== "sum"))
    throw new MisconfigurationError({
      message: "embeddingBag: there is no such mode.",
      expected: '"sum", "mean" or "max"; with perSampleWeights "sum"',
      received: `${JSON.stringify(mode)}${weights === undefined ? "" : " with perSampleWeights"}`,
    });
  const isFitting = indices.rank === 2 ? offsets === undefined : offsets?.rank === 1 && offsets.dtype === "int32";
  const fitsWeights = weights === undefined || weights.shape.join() === indices.shape.join();
  if ((indices.rank === 1 || indices.rank === 2) && isFitting && fitsWeights) return;
  throw new ShapeError({
    message: "embeddingBag: the indices do not fit.",
    expected: "[bags, length] without offsets, or [count] with int32 offsets [bags]; weights of the same shape",
    received: `${formatShape(indices.shape)}, offsets ${offsets === undefined ? "none" : `${offsets.dtype} ${formatShape(offsets.shape)}`}, weights ${weights === undefined ? "none" : formatShape(weights.shape)}`,
    shapes: [indices.shape],
  });
}
