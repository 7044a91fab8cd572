import type { GraphValue, ScanRequest } from "../contract/graph-builder.js";
import type { ModelDescription, ModelNode } from "../onnx-model/model-description.js";
import { readsOf } from "./reads-of.js";

/** The node of a repetition, without the name of its own. */
export function scanNode(
  { states, inputs, isReversed }: ScanRequest,
  step: ModelDescription,
  outputs: readonly GraphValue[],
): ModelNode {
  const direction = isReversed ? 1 : 0;
  return {
    type: "Scan",
    inputs: [...states, ...inputs].map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
    attrs: {
      body: { graph: step },
      num_scan_inputs: inputs.length,
      scan_input_directions: inputs.map(() => direction),
      scan_output_directions: outputs.slice(states.length).map(() => direction),
    },
    captures: capturesOf(step),
  };
}

/** Names that a graph reads and does not define. */
function capturesOf({ nodes, initializers, inputs }: ModelDescription): string[] {
  const defined = new Set(["", ...initializers.map(({ name }) => name), ...inputs.map(({ name }) => name)]);
  for (const node of nodes) for (const name of node.outputs) defined.add(name);
  return [...new Set(nodes.flatMap(readsOf))].filter((name) => !defined.has(name));
}
