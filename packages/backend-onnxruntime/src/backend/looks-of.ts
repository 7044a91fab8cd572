import type { LazyNode } from "./lazy-node.js";

/** An integer for every node: equal for calls of the same operation with a result of the same type and shape. */
export function looksOf(nodes: readonly LazyNode[]): Int32Array {
  return Int32Array.from(nodes, lookOf);
}

export function lookOf(node: LazyNode): number {
  return Math.imul(node.operationId, 0x9e3779b1) ^ (node.outputs[0]?.specId ?? 0);
}
