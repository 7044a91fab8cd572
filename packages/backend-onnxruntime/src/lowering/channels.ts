import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { range, transpose } from "./fused/emit.js";

/** [N, ..., C] as [N, C, ...]. */
export function toChannelsFirst(graph: GraphBuilder, x: GraphValue): GraphValue {
  const rank = x.shape.length;
  return transpose(graph, x, [0, rank - 1, ...range(1, rank - 1)]);
}

/** [N, C, ...] as [N, ..., C]. */
export function toChannelsLast(graph: GraphBuilder, x: GraphValue): GraphValue {
  return transpose(graph, x, [0, ...range(2, x.shape.length), 1]);
}

/** tfjs' filter [...k, in, out] as a weight [out, in, ...k]. */
export function filterToWeight(graph: GraphBuilder, filter: GraphValue): GraphValue {
  const rank = filter.shape.length;
  return transpose(graph, filter, [rank - 1, rank - 2, ...range(0, rank - 2)]);
}

/** The inverse of `filterToWeight`. */
export function weightToFilter(graph: GraphBuilder, weight: GraphValue): GraphValue {
  return transpose(graph, weight, [...range(2, weight.shape.length), 1, 0]);
}
