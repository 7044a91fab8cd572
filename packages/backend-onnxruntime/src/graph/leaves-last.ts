import { readsOf } from "./reads-of.js";
import type { ModelNode } from "../onnx-model/model-description.js";

/**
 * The same nodes, those whose results no other node reads at the end and in reverse.
 * ONNX Runtime walks a graph depth-first from these leaves and begins with the last one. Left in place, the leaves of a
 * training step (the gradients of weights) would all run after the whole backward, when what they read has left the
 * cache; reversed, each runs as soon as its operands are there.
 */
export function leavesLast(nodes: readonly ModelNode[]): ModelNode[] {
  const read = new Set(nodes.flatMap(readsOf));
  const isLeaf = (node: ModelNode) => !node.outputs.some((name) => name !== "" && read.has(name));
  return [...nodes.filter((node) => !isLeaf(node)), ...nodes.filter(isLeaf).reverse()];
}
