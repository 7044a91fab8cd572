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
