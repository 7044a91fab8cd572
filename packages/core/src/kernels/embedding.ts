import { findKernel } from "../tensor/engine-internals/kernels.js";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { oneHotRows } from "./one-hot-rows.js";
import { runFusedSingle } from "./run-fused.js";

export const embedding: FusedKernel<"core.Embedding"> = {
  name: "core.Embedding",
  composite: ({ table, indices }) => [tf.gather(table, indices)],
  gradient: {
    holds: ["indices"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { table, indices }, attrs: { paddingIndex } }) => ({
      table: () => runFusedSingle(embeddingGrad, { dy, indices }, { rows: table.shape[0] ?? 0, paddingIndex }),
    }),
  },
};

export const embeddingGrad: FusedKernel<"lit.EmbeddingGrad"> = {
  name: "lit.EmbeddingGrad",
  composite: ({ dy, indices }, { rows, paddingIndex }) => {
    const rowsOfDy = tf.reshape(dy, [-1, dy.shape.at(-1) ?? 1]);
    const flatIndices = tf.reshape<tf.Rank.R1>(indices, [-1]);
    const hasSegmentSum = findKernel("UnsortedSegmentSum") !== undefined; // somebody else's backend may have none
    const sums = hasSegmentSum
      ? tf.unsortedSegmentSum(rowsOfDy, flatIndices, rows)
      : tf.matMul(oneHotRows(flatIndices, rows), rowsOfDy, true, false);
    if (paddingIndex < 0) return [sums];
    return [tf.mul(sums, tf.reshape(tf.sub(1, oneHotRows(tf.scalar(paddingIndex, "int32"), rows)), [rows, 1]))];
  },
  gradient: {
    holds: ["indices"],
    isDifferentiable: true,
    compute: ({ dy: dtable, inputs: { indices }, attrs: { paddingIndex, rows } }) => ({
      dy: () => {
        const seen =
          paddingIndex < 0
            ? dtable
            : tf.mul(dtable, tf.reshape(tf.sub(1, oneHotRows(tf.scalar(paddingIndex, "int32"), rows)), [rows, 1]));
        return tf.gather(seen, indices);
      },
    }),
  },
};
