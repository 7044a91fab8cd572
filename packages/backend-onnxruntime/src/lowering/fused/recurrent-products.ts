import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { roundToCompute } from "./autocast.js";
import { binary, concat, split } from "./emit.js";
import { rawMatrixProduct } from "./matrix-product.js";

/*
 * Inside a recurrent layer everything is [features, batch]: then a weight is the left operand, which ONNX Runtime reads
 * where it lies (the right one is copied in every step), and gates lie one behind the other.
 */

/** weight [M, K] · rows [B, K]ᵀ + bias [M, 1] -> [M, B]. */
export function affine(
  graph: GraphBuilder,
  weight: GraphValue,
  rows: GraphValue,
  bias: GraphValue | undefined,
): GraphValue {
  const shape = [weight.shape[0] ?? 0, rows.shape[0] ?? 0];
  if (shape[1] !== 1) return graph.op("Gemm", [weight, rows, bias], { shape, attrs: { transB: 1 } });
  const product = rawMatrixProduct(graph, weight, rows, { transposeB: true });
  return bias === undefined ? product : binary(graph, "Add", product, bias);
}

/** weight [M, K] · columns [K, B] (+ rest [M, B] or [M, 1]). */
export function weighted(graph: GraphBuilder, weight: GraphValue, columns: GraphValue, rest?: GraphValue): GraphValue {
  const shape = [weight.shape[0] ?? 0, columns.shape[1] ?? 0];
  const rounded = roundToCompute(graph, columns);
  if (shape[1] !== 1) return graph.op("Gemm", [weight, rounded, rest], { shape });
  const product = rawMatrixProduct(graph, weight, rounded);
  return rest === undefined ? product : binary(graph, "Add", product, rest);
}

/** i, f, g, o -> i, f, o, g, and back: the three gates with a sigmoid lie together in the graph. */
export function swapLastGates(graph: GraphBuilder, value: GraphValue): GraphValue {
  const hidden = (value.shape[0] ?? 0) / 4;
  const [before, third, fourth] = split(graph, value, [2 * hidden, hidden, hidden]);
  return before === undefined || third === undefined || fourth === undefined
    ? value
    : concat(graph, [before, fourth, third], 0);
}
