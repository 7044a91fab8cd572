import type { GraphValueSpec } from "../contract/graph-runner.js";
import type { ModelDescription, ModelNode } from "../onnx-model/model-description.js";
import { readsOf } from "./reads-of.js";

type ShapeOf = (name: string) => readonly number[] | undefined;

/**
 * Takes out reshapes at the ends of a graph, which a device would copy. Memory has no shape: an input that is only read
 * in another shape is declared in that one, and an output that is another value in another shape is that value.
 */
export function flatEnds(description: ModelDescription, shapeOf: ShapeOf): ModelDescription {
  return flatOutputs(withFlatInputs(description, shapeOf), shapeOf);
}

function withFlatInputs(description: ModelDescription, shapeOf: ShapeOf): ModelDescription {
  const readers = readersOf(description);
  const replaced = new Map<string, string>();
  const inputs = description.inputs.map((input) => {
    const reads = readers.get(input.name) ?? [];
    const [first] = reads;
    const shape = first === undefined ? undefined : shapeOf(first.outputs[0] ?? "");
    const isFlat = reads.every((node) => isReshapeOf(node, input.name) && hasShape(shapeOf, node, shape));
    if (shape === undefined || !isFlat || isOutput(description, input.name)) return input;
    for (const { outputs } of reads) if (isOutput(description, outputs[0] ?? "")) return input;
    for (const { outputs } of reads) replaced.set(outputs[0] ?? "", input.name);
    return { ...input, shape };
  });
  return { ...renamed(description, replaced), inputs };
}

/** `flatEnds` of the outputs alone: the processor reads inputs in any shape, but outputs have memory of their own. */
export function flatOutputs(description: ModelDescription, shapeOf: ShapeOf): ModelDescription {
  const readers = readersOf(description);
  const producers = new Map(description.nodes.map((node) => [node.outputs[0] ?? "", node]));
  const taken = new Set(description.outputs.map(({ name }) => name));
  const dropped = new Set<ModelNode>();
  const computed = new Set(description.nodes.flatMap(({ outputs }) => outputs));
  const outputs = description.outputs.map((output): GraphValueSpec => {
    const node = producers.get(output.name);
    const [source = ""] = node?.inputs ?? [];
    const shape = shapeOf(source);
    if (node?.type !== "Reshape" || shape === undefined || !computed.has(source) || taken.has(source)) return output;
    if ((readers.get(output.name) ?? []).length > 0) return output;
    taken.add(source);
    dropped.add(node);
    return { ...output, name: source, shape };
  });
  return { ...description, nodes: description.nodes.filter((node) => !dropped.has(node)), outputs };
}

function readersOf({ nodes }: ModelDescription): Map<string, ModelNode[]> {
  const readers = new Map<string, ModelNode[]>();
  for (const node of nodes)
    for (const name of readsOf(node)) {
      const list = readers.get(name);
      if (list === undefined) readers.set(name, [node]);
      else list.push(node);
    }
  return readers;
}

function isReshapeOf(node: ModelNode, name: string): boolean {
  return node.type === "Reshape" && node.inputs[0] === name;
}

function hasShape(shapeOf: ShapeOf, node: ModelNode, shape: readonly number[] | undefined): boolean {
  return String(shapeOf(node.outputs[0] ?? "")) === String(shape);
}

function isOutput({ outputs }: ModelDescription, name: string): boolean {
  return outputs.some((output) => output.name === name);
}

/** Without the nodes whose result is known under another name. */
function renamed(description: ModelDescription, names: ReadonlyMap<string, string>): ModelDescription {
  if (names.size === 0) return description;
  const nodes = description.nodes
    .filter((node) => !names.has(node.outputs[0] ?? ""))
    .map((node) => ({ ...node, inputs: node.inputs.map((name) => names.get(name) ?? name) }));
  return { ...description, nodes };
}
