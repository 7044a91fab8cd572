import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { cast } from "./emit.js";

/**
 * Rounds a float32 value to the type in which matrix products and convolutions compute; the result is float32 again.
 * ONNX Runtime's CPU provider has no kernels for half types on most machines (it would cast and compute in float32), so
 * this is what autocast means here: operands and results have the precision and the range of the type, sums are
 * float32.
 */
export function roundToCompute(graph: GraphBuilder, value: GraphValue): GraphValue {
  if (graph.computeDtype === "float32" || value.dtype !== "float32") return value;
  return cast(graph, cast(graph, value, graph.computeDtype), "float32");
}
