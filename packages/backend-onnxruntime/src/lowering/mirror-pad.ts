import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { concat, slice } from "./fused/emit.js";
import { reversed } from "./reversed.js";

/** Pads by mirroring; `offset` 1 leaves the edge itself out (reflect), 0 repeats it (symmetric). */
export function mirrorPad(
  graph: GraphBuilder,
  x: GraphValue,
  paddings: readonly (readonly number[])[],
  offset: number,
): GraphValue {
  let value = x;
  paddings.forEach(([before = 0, after = 0], axis) => {
    const extent = value.shape[axis] ?? 1;
    const parts: GraphValue[] = [];
    if (before > 0) parts.push(reversedRange(graph, value, axis, offset, before));
    parts.push(value);
    if (after > 0) parts.push(reversedRange(graph, value, axis, extent - offset - after, after));
    value = concat(graph, parts, axis);
  });
  return value;
}

/** Elements `start … start + count - 1` along an axis, last first. */
function reversedRange(graph: GraphBuilder, x: GraphValue, axis: number, start: number, count: number): GraphValue {
  return reversed(graph, slice(graph, x, { axes: [axis], starts: [start], ends: [start + count] }), [axis]);
}
