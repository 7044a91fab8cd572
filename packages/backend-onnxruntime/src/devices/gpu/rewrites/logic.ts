import type { GraphBuilder, GraphValue, NodeRequest, Rewrite } from "../../../contract/graph-builder.js";
import { binary, cast, floatConstant } from "../../../lowering/fused/emit.js";

type Combine = (graph: GraphBuilder, a: GraphValue, b: GraphValue, shape: readonly number[]) => GraphValue;

/** Either is true where the sum of the two as numbers is above 0. */
export const or = withNumbers((graph, a, b, shape) =>
  graph.op("Greater", [binary(graph, "Add", a, b), floatConstant(graph, 0)], { dtype: "bool", shape }),
);

/** Both are true where their product is above 0. */
export const and = withNumbers((graph, a, b, shape) =>
  graph.op("Greater", [binary(graph, "Mul", a, b), floatConstant(graph, 0)], { dtype: "bool", shape }),
);

/** One is true where the two differ. */
export const xor = withNumbers((graph, a, b, shape) =>
  graph.op("Not", [graph.op("Equal", [a, b], { dtype: "bool", shape })]),
);

function withNumbers(combine: Combine): Rewrite {
  return (graph: GraphBuilder, { inputs: [a, b], outputs }: NodeRequest) => {
    if (a === undefined || b === undefined) return undefined;
    return [combine(graph, cast(graph, a, "float32"), cast(graph, b, "float32"), outputs[0]?.shape ?? [])];
  };
}
