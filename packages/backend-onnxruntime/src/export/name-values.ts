import { EngineError } from "../errors/engine-error.js";
import type { ModelNode, PortableModel } from "../onnx-model/model-description.js";
import type { ExportRequest } from "./export-request.js";
import { nameOfWeight } from "./lower-trace.js";

/** Gives inputs and outputs the names that were asked for, and everything else names that collide with none. */
export function nameValues(
  model: PortableModel,
  { inputs, outputNames, weights }: Pick<ExportRequest, "inputs" | "outputNames" | "weights">,
): PortableModel {
  const outputs = model.outputs.map((_, i) => outputNames[i] ?? (model.outputs.length === 1 ? "output" : `output${i}`));
  requireDistinct([...inputs.map(({ name }) => name), ...outputs, ...weights.keys()]);
  const names = new Map<string, string>();
  model.inputs.forEach(({ name }, i) => names.set(name, inputs[i]?.name ?? name));
  model.outputs.forEach(({ name }, i) => names.set(name, outputs[i] ?? name));
  // No name of a parameter begins with a slash.
  const renamed = (name: string) => (name === "" ? "" : (names.get(name) ?? nameOfWeight(name) ?? `/${name}`));
  return { ...renameGraph(model, renamed), name: "model" };
}

function renameGraph(model: PortableModel, renamed: (name: string) => string): PortableModel {
  return {
    nodes: model.nodes.map((node, i) => renameNode(node, i, renamed)),
    initializers: model.initializers.map((initializer) => ({ ...initializer, name: renamed(initializer.name) })),
    inputs: model.inputs.map((value) => ({ ...value, name: renamed(value.name) })),
    outputs: model.outputs.map((value) => ({ ...value, name: renamed(value.name) })),
  };
}

/** Optional inputs at the end that are left out are not named at all: some runtimes read what an empty name names. */
function renameNode(node: ModelNode, index: number, renamed: (name: string) => string): ModelNode {
  const kernel = /^[\w.]+(?=\()/.exec(node.name ?? "")?.[0] ?? node.type;
  const inputs = node.inputs.slice(0, node.inputs.findLastIndex((name) => name !== "") + 1);
  const outputs = node.outputs.slice(0, node.outputs.findLastIndex((name) => name !== "") + 1);
  const attrs = Object.entries(node.attrs ?? {}).map(([name, value]) =>
    typeof value === "object" && "graph" in value
      ? ([name, { graph: renameGraph(value.graph, renamed) }] as const)
      : ([name, value] as const),
  );
  return {
    ...node,
    name: `${kernel}_${index}`,
    inputs: inputs.map(renamed),
    outputs: outputs.map(renamed),
    attrs: Object.fromEntries(attrs),
  };
}

function requireDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new EngineError({
    code: "LIT_ENGINE_EXPORT",
    message: `Two of the model's inputs, outputs, parameters and buffers are called "${twice}".`,
    tryThis: "other names for the inputs or outputs.",
  });
}
