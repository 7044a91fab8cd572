import type { GraphBuilder, GraphValue, NodeRequest } from "../../../contract/graph-builder.js";
import { cast, range, reshape, slice } from "../../../lowering/fused/emit.js";

/** `OneHot` along the last axis: where a place's number is the class, the second of the two values, else the first. */
export function oneHot(graph: GraphBuilder, { inputs, outputs }: NodeRequest): GraphValue[] | undefined {
  const [classes, , values] = inputs;
  const shape = outputs[0]?.shape ?? [];
  if (classes === undefined || values === undefined || shape.includes(0)) return undefined;
  const places = graph.constant(range(0, shape.at(-1) ?? 0), "int32");
  const wanted = reshape(graph, cast(graph, classes, "int32"), [...classes.shape, 1]);
  const isClass = graph.op("Equal", [wanted, places], { dtype: "bool", shape });
  const [off, on] = [0, 1].map((place) =>
    reshape(graph, slice(graph, values, { axes: [0], starts: [place], ends: [place + 1] }), []),
  );
  return [graph.op("Where", [isClass, on, off], { dtype: values.dtype, shape })];
}
