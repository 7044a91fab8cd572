import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { elementCount } from "../graph/value-spec.js";
import { cast } from "./fused/emit.js";

/**
 * Makes the run fail where an index lies outside of 0 … `count` - 1, also where nothing reads what it picks.
 * @param indices int32 of any shape
 */
export function checkIndices(graph: GraphBuilder, indices: GraphValue, count: number): void {
  if (elementCount(indices.shape) === 0) return;
  const [smallest, largest] = ["ReduceMin", "ReduceMax"].map((type) =>
    graph.op(type, [indices], { shape: [], attrs: { keepdims: 0 } }),
  );
  const isNegative = graph.op("Less", [smallest, graph.constant(0, "int32")], { dtype: "bool", shape: [] });
  const isBeyond = graph.op("Greater", [largest, graph.constant(count - 1, "int32")], { dtype: "bool", shape: [] });
  graph.check(graph.op("Or", [isNegative, isBeyond]));
}

/**
 * Makes the run fail where a component of an index tuple lies outside of its dimension.
 * @param indices int32 [..., depth]; component k counts along a dimension of extent `extents[k]`
 */
export function checkTuples(graph: GraphBuilder, indices: GraphValue, extents: readonly number[]): void {
  if (elementCount(indices.shape) === 0) return;
  const [extent = 0] = extents;
  if (extents.length === 1) {
    checkIndices(graph, indices, extent);
    return;
  }
  const last = graph.constant(
    extents.map((count) => count - 1),
    "int32",
  );
  const isNegative = graph.op("Less", [indices, graph.constant(0, "int32")], { dtype: "bool" });
  const isBeyond = graph.op("Or", [isNegative, graph.op("Greater", [indices, last], { dtype: "bool" })]);
  const anyBeyond = graph.op("ReduceMax", [cast(graph, isBeyond, "int32")], { shape: [], attrs: { keepdims: 0 } });
  graph.check(cast(graph, anyBeyond, "bool"));
}
