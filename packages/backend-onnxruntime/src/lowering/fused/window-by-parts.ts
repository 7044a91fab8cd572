import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { slice, type SliceBounds, split } from "./emit.js";

/**
 * `slice` for one of many windows, cut off by an operator that shares its copies among all threads; `Slice` copies on
 * one. Two threads take as long for all windows of a convolution while their processors are near each other, and half
 * as long while they are not: what one has read is slow to overwrite for the other. One thread takes a sixth longer.
 * Windows with steps are slices here too.
 */
export function windowByParts(graph: GraphBuilder, value: GraphValue, bounds: SliceBounds): GraphValue {
  const { axes, starts, ends, steps = [] } = bounds;
  if (steps.some((step) => step !== 1)) return slice(graph, value, bounds);
  // The last axis first: windows that differ in others share what is cut off along it.
  return axes.reduceRight(
    (rest, axis, index) => cutOff(graph, rest, axis, [starts[index] ?? 0, ends[index] ?? 0]),
    value,
  );
}

function cutOff(
  graph: GraphBuilder,
  value: GraphValue,
  axis: number,
  [start, end]: readonly [number, number],
): GraphValue {
  const lengths = [start, end - start, (value.shape[axis] ?? 0) - end].filter((length) => length > 0);
  return split(graph, value, lengths, axis)[start > 0 ? 1 : 0] ?? value;
}
