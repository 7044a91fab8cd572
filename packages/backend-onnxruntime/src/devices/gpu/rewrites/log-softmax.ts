import type { GraphBuilder, GraphValue, NodeRequest } from "../../../contract/graph-builder.js";
import { binary } from "../../../lowering/fused/emit.js";
import { reduceAxes } from "../../../lowering/sums/reduce-axes.js";

/** The logarithm of a softmax out of its definition. */
export function logSoftmax(graph: GraphBuilder, { inputs: [x], attrs = {} }: NodeRequest): GraphValue[] | undefined {
  if (x === undefined || x.shape.includes(0)) return undefined;
  const axis = Number(attrs["axis"] ?? -1);
  const axes = [axis < 0 ? axis + x.shape.length : axis];
  const relative = binary(graph, "Sub", x, reduceAxes(graph, "ReduceMax", x, axes, true));
  const sums = reduceAxes(graph, "ReduceSum", graph.op("Exp", [relative]), axes, true);
  return [binary(graph, "Sub", relative, graph.op("Log", [sums]))];
}
