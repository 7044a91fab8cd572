import { readsOf } from "./reads-of.js";
import type { ModelNode } from "../onnx-model/model-description.js";

/**
 * Lets convolutions apply the relu that follows them while their results are still in the cache.
 * Only where nobody else reads the convolution's result; the numbers are the same either way.
 */
export function fuseRelu(nodes: readonly ModelNode[], graphOutputs: readonly { readonly name: string }[]): ModelNode[] {
  const uses = countUses(nodes, graphOutputs);
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const replaced = new Map<ModelNode, ModelNode>();
  const renamed = new Map<string, string>();
  for (const node of nodes) {
    const [source = "", result = ""] = [node.inputs[0], node.outputs[0]];
    if (node.type !== "Relu" || uses.get(source) !== 1) continue;
    const last = producers.get(source);
    const isReordered = last?.type === "ReorderOutput";
    const conv = isReordered ? producers.get(last.inputs[0] ?? "") : last;
    if (last === undefined || conv?.type !== "Conv" || (isReordered && uses.get(conv.outputs[0] ?? "") !== 1)) continue;
    replaced.set(conv, withRelu(conv));
    renamed.set(source, result);
    replaced.set(node, REMOVED);
  }
  if (replaced.size === 0) return [...nodes];
  return nodes
    .map((node) => replaced.get(node) ?? node)
    .filter((node) => node !== REMOVED)
    .map((node) =>
      node.outputs.some((name) => renamed.has(name))
        ? { ...node, outputs: node.outputs.map((name) => renamed.get(name) ?? name) }
        : node,
    );
}

const REMOVED: ModelNode = { type: "", inputs: [], outputs: [] };

function withRelu(conv: ModelNode): ModelNode {
  const attrs = { ...conv.attrs, activation: "Relu" };
  return (conv.domain ?? "") === ""
    ? { ...conv, type: "FusedConv", domain: "com.microsoft", attrs }
    : { ...conv, attrs };
}

function countUses(
  nodes: readonly ModelNode[],
  graphOutputs: readonly { readonly name: string }[],
): Map<string, number> {
  const uses = new Map<string, number>();
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const node of nodes) readsOf(node).forEach(use);
  for (const { name } of graphOutputs) use(name);
  return uses;
}
