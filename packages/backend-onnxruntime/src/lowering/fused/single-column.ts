import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { reshape } from "./emit.js";

/** Operands of the same product turned around: row [..., 1, K] · rowsᵀ, with rows [..., M, K]. */
export interface TurnedProduct {
  readonly row: GraphValue;
  readonly rows: GraphValue;
}

/**
 * a [..., M, K] · column, which is [..., K, 1] or [..., 1, K] (its transpose has the same memory), turned around: the
 * same numbers in the same places.
 *
 * ONNX Runtime sums a few rows at a time, and rows that are left over in another order. Threads take any ranges of rows
 * of a product with one column, so that which rows are left over depends on their number; turned around they take whole
 * groups.
 */
export function columnAsRow(graph: GraphBuilder, a: GraphValue, column: GraphValue): TurnedProduct {
  const inner = a.shape.at(-1) ?? 1;
  const row = reshape(graph, column, [...column.shape.slice(0, -2), 1, inner]);
  const isShared = elementCount(column.shape.slice(0, -2)) === 1;
  return isShared
    ? { row: reshape(graph, row, [1, inner]), rows: reshape(graph, a, [elementCount(a.shape.slice(0, -1)), inner]) }
    : { row, rows: a };
}
