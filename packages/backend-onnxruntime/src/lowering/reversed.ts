import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { axesConstant } from "./fused/emit.js";

/**
 * All elements along these axes, last first. Slices go backwards only like this: WebGPU's begin at the end of an axis
 * wherever they are told to begin.
 */
export function reversed(graph: GraphBuilder, x: GraphValue, axes: readonly number[]): GraphValue {
  if (axes.length === 0 || x.shape.length === 0) return x;
  const backwards = axes.map(() => -1);
  const ends = axes.map((axis) => -1 - (x.shape[axis] ?? 1));
  const bounds = [backwards, ends, axes, backwards].map((list) => axesConstant(graph, list));
  return graph.op("Slice", [x, ...bounds], { shape: x.shape });
}
