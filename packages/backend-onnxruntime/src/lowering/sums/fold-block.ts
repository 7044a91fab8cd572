import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { range, reshape, slice } from "../fused/emit.js";
import { reduceAxes } from "./reduce-axes.js";

/**
 * A row of neighbouring terms is added in several lanes: for equal terms, the worst case, the error stays below 1e-6 of
 * the sum up to here.
 */
export const LONGEST_ROW = 512;
/** Terms of a row in each of several stages, whose errors add up: 2.7e-7. */
export const LONGEST_ROW_BLOCK = 128;
/** The terms of a column are added by a product, four at a time: 5e-7 up to here. */
export const LONGEST_COLUMN = 128;
/** Without other stages, and where blocks of several do not fit: 9.7e-7 up to here. */
export const LONGEST_SINGLE_COLUMN = 256;
/**
 * Terms of a column in each of several stages: 1.3e-7. More of them, far apart in memory, take longer. So many factors
 * have the error of a pairwise product.
 */
export const LONGEST_COLUMN_BLOCK = 32;
/** Rows that are shorter than this take too long one by one. */
export const SHORTEST_ROW_BLOCK = 16;

/**
 * From this many matrices on, more than any machine has threads, `ReduceSum` over a middle axis has the same bits on
 * any number of them, and takes less time for each matrix than a product.
 */
const MANY_MATRICES = 1024;
/** Matrices up to this size take ten times as long one by one as all their rows together. */
const TINY_SIDE = 8;

/** What is folded lies between `outer` and `inner` elements that are kept. */
export interface Middle {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** What makes one number of many. */
export type Fold = "sum" | "product";

/**
 * Folds [outer, length, inner] in one go: sums columns by a product with ones, unless there are very many matrices, and
 * everything else by ONNX's reductions.
 */
export function foldBlock(
  graph: GraphBuilder,
  fold: Fold,
  value: GraphValue,
  { outer, length, inner }: Middle,
): GraphValue {
  if (length === 1) return value;
  if (inner === 1 || fold === "product") {
    const shape = inner === 1 ? [outer, length] : [outer, length, inner];
    return reduceAxes(graph, fold === "sum" ? "ReduceSum" : "ReduceProd", reshape(graph, value, shape), [1], false);
  }
  const columns = reshape(graph, value, [outer, length, inner]);
  if (outer >= MANY_MATRICES && length <= TINY_SIDE && inner <= TINY_SIDE) return addRows(graph, columns);
  if (outer >= MANY_MATRICES) return reduceAxes(graph, "ReduceSum", columns, [1], false);
  const ones = graph.constant(new Array<number>(length).fill(1), "float32", [1, length]);
  const batch = outer === 1 ? [] : [outer];
  return graph.op("MatMul", [ones, reshape(graph, value, [...batch, length, inner])], { shape: [...batch, 1, inner] });
}

/** [outer, length, inner] -> [outer, 1, inner], each row of all the tiny matrices at once. */
function addRows(graph: GraphBuilder, matrices: GraphValue): GraphValue {
  const rows = range(0, matrices.shape[1] ?? 1).map((row) =>
    slice(graph, matrices, { axes: [1], starts: [row], ends: [row + 1] }),
  );
  return rows.reduce((sum, row) => graph.op("Add", [sum, row]));
}
