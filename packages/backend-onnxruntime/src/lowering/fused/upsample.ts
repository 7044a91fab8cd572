import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";

/**
 * Repeats every element of [N, C, ...] as a block of `factors`; nearest `Resize` is the fastest way ONNX Runtime has.
 */
export function upsample(graph: GraphBuilder, value: GraphValue, factors: readonly number[]): GraphValue {
  if (factors.every((factor) => factor === 1)) return value;
  const shape = value.shape.map((size, axis) => size * (factors[axis - 2] ?? 1));
  const scales = graph.constant([1, 1, ...factors], "float32", [factors.length + 2]);
  const attrs = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
  return graph.op("Resize", [value, undefined, scales], { shape, attrs });
}

/** Adds zeros behind the spatial dimensions of [N, C, ...] until they have these sizes. */
export function padSpatialTo(graph: GraphBuilder, value: GraphValue, shape: readonly number[]): GraphValue {
  const missing = shape.map((size, axis) => size - (value.shape[axis] ?? 0));
  if (missing.every((count) => count === 0)) return value;
  return graph.op("Pad", [value, graph.constant([...missing.map(() => 0), ...missing], "int64")], { shape });
}
