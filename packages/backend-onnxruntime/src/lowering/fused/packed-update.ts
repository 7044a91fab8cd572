import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import type { Formula } from "../../programs/formula-program.js";
import { concat, reshape, split } from "./emit.js";
import { formulaNodes } from "./formula-nodes.js";

/**
 * An update of many parameters as one computation on all their elements side by side. On a device each operator costs a
 * launch, and an optimizer would need a dozen for every parameter.
 * @param inputs lists of `count` arrays one after the other
 */
export function packedUpdate(
  graph: GraphBuilder,
  { results, arrayCount }: Formula,
  inputs: readonly GraphValue[],
  numbers: readonly GraphValue[],
): GraphValue[] {
  const count = inputs.length / arrayCount;
  const parameters = inputs.slice(0, count);
  const lengths = parameters.map(({ shape }) => elementCount(shape));
  const arrays = Array.from({ length: arrayCount }, (_, list) => {
    const members = inputs.slice(list * count, (list + 1) * count);
    return concat(
      graph,
      members.map((member, index) => reshape(graph, member, [lengths[index] ?? 0])),
      0,
    );
  });
  return formulaNodes(graph, results, { arrays, numbers }).flatMap((packed) =>
    split(graph, packed, lengths).map((part, index) => reshape(graph, part, parameters[index]?.shape ?? [])),
  );
}
