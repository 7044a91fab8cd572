import type { ModelNode } from "../onnx-model/model-description.js";

/** Names of all values that a node reads: its inputs, and what graphs inside it take from around them. */
export function readsOf(node: ModelNode): readonly string[] {
  return node.captures === undefined ? node.inputs : [...node.inputs, ...node.captures];
}
