import type { LazyNode } from "./lazy-node.js";

/**
 * For every place between recorded nodes (place `i` is before node `i`): how many results of the nodes before it are
 * still needed behind it, by a node or because somebody holds them. Between two steps of a loop these are the loop's
 * variables; within a step there are more. Single numbers that somebody only holds, such as the losses of past steps,
 * do not count.
 * @param nodes in the order of recording; their `position` is overwritten
 */
export function crossingCounts(nodes: readonly LazyNode[]): Int32Array {
  const { length } = nodes;
  const counts = new Int32Array(length + 2);
  nodes.forEach((node, position) => (node.position = position));
  const lastUses = lastUsesOf(nodes);
  for (const [position, node] of nodes.entries()) {
    for (const data of node.outputs) {
      if (data.node !== node) continue;
      const last = data.refs > 0 && data.shape.length > 0 ? length : (lastUses.get(data) ?? position);
      counts[position + 1] = (counts[position + 1] ?? 0) + 1;
      counts[last + 1] = (counts[last + 1] ?? 0) - 1;
    }
  }
  for (let place = 1; place < counts.length; place++) counts[place] = (counts[place] ?? 0) + (counts[place - 1] ?? 0);
  return counts.subarray(0, length + 1);
}

function lastUsesOf(nodes: readonly LazyNode[]): Map<object, number> {
  const lastUses = new Map<object, number>();
  for (const [position, node] of nodes.entries()) {
    if (node.waiting === 0) continue;
    for (const input of node.inputs) if (input.node !== undefined) lastUses.set(input, position);
  }
  return lastUses;
}
