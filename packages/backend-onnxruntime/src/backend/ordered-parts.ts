import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Nodes that run before those of the next part, whatever runs them. */
export interface OrderedPart {
  readonly nodes: readonly LazyNode[];
  /** Results that later parts read. */
  readonly needed: ReadonlySet<LazyData>;
}

/**
 * Takes nodes apart so that the first groups of results are computed first: each part has what its group needs and
 * earlier ones have not computed. What no group needs is in the last. `undefined` if one part has all.
 * @param nodes with everything pending that they read, in the order of recording, which parts keep
 */
export function orderedParts(
  nodes: readonly LazyNode[],
  groups: readonly (readonly LazyData[])[],
): OrderedPart[] | undefined {
  if (groups.length < 2) return undefined;
  const partOf = firstUses(nodes, groups);
  const parts = groups.map(() => ({ nodes: new Array<LazyNode>(), needed: new Set<LazyData>() }));
  for (const node of nodes) {
    const own = partOf.get(node) ?? groups.length - 1;
    parts[own]?.nodes.push(node);
    for (const input of node.inputs) {
      const source = input.node === undefined ? undefined : partOf.get(input.node);
      if (source !== undefined && source !== own) parts[source]?.needed.add(input);
    }
  }
  const filled = parts.filter((part) => part.nodes.length > 0);
  return filled.length < 2 ? undefined : filled;
}

/** The first group that needs each node; the last one for those that none needs. */
function firstUses(nodes: readonly LazyNode[], groups: readonly (readonly LazyData[])[]): Map<LazyNode, number> {
  const last = groups.length - 1;
  const partOf = new Map<LazyNode, number>();
  const use = ({ node }: LazyData, part: number): void => {
    if (node !== undefined) partOf.set(node, Math.min(part, partOf.get(node) ?? last));
  };
  groups.forEach((group, part) => group.forEach((data) => use(data, part)));
  for (const node of nodes.toReversed()) {
    const own = partOf.get(node) ?? last;
    partOf.set(node, own);
    for (const input of node.inputs) use(input, own);
  }
  return partOf;
}
