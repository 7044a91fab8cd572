import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { concat, reshape, slice, transpose } from "./emit.js";
import { maskOf, needed, type NamedValues } from "./recurrent-call.js";

/**
 * [T, B, P]: the state that each step began with, from the layer's outputs. A layer that reads backwards begins a
 * shorter sequence in the middle: the steps that it passes before do not count, and their outputs are 0.
 */
export function previousStates(graph: GraphBuilder, values: NamedValues, isReversed: boolean): GraphValue {
  const y = needed(values, "y");
  const [steps = 0, batch = 0, units = 0] = y.shape;
  const first = reshape(graph, needed(values, "h0"), [1, batch, units]);
  if (steps === 1) return first;
  const bounds = isReversed ? { starts: [1], ends: [steps] } : { starts: [0], ends: [steps - 1] };
  const others = slice(graph, y, { axes: [0], ...bounds });
  const parts = isReversed ? [others, first] : [first, others];
  const shifted = concat(graph, parts, 0);
  const mask = isReversed ? maskOf(graph, values, steps) : undefined;
  return mask === undefined ? shifted : wherePrevious(graph, { mask, shifted, first });
}

function wherePrevious(
  graph: GraphBuilder,
  { mask, shifted, first }: { readonly mask: GraphValue; readonly shifted: GraphValue; readonly first: GraphValue },
): GraphValue {
  const [steps = 0, , batch = 0] = mask.shape;
  const next = slice(graph, mask, { axes: [0], starts: [1], ends: [steps] });
  const last = graph.op("And", [slice(graph, mask, { axes: [0], starts: [0], ends: [1] }), graph.constant(0, "bool")], {
    shape: [1, 1, batch],
  });
  const counted = concat(graph, [next, last], 0);
  return graph.op("Where", [transpose(graph, counted, [0, 2, 1]), shifted, first], {
    dtype: "float32",
    shape: shifted.shape,
  });
}
