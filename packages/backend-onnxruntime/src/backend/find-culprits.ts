import { GraphRunError } from "../errors/graph-run-error.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode, positionIn } from "./lower-request.js";

/**
 * The nodes at which a graph failed to compile or to run: one, where that is known. Otherwise all but those whose
 * results a variable would go back to, for these are more likely to be sound than to be the reason.
 * @param position of the culprit, where somebody knows it
 * @param checks positions of the nodes whose checks the graph's flag counts
 */
export function findCulprits(
  nodes: readonly LazyNode[],
  cause: unknown,
  position?: number,
  checks: readonly number[] = [],
): ReadonlySet<LazyNode> {
  const known = nodes[position ?? flaggedPosition(cause, checks) ?? namedPosition(cause, nodes) ?? -1];
  return known === undefined ? allButHeld(nodes) : new Set([known]);
}

function flaggedPosition(cause: unknown, checks: readonly number[]): number | undefined {
  return cause instanceof GraphRunError && cause.failure === "flagged" ? checks[cause.flag - 1] : undefined;
}

function namedPosition(cause: unknown, nodes: readonly LazyNode[]): number | undefined {
  const message = cause instanceof Error ? cause.message : String(cause);
  const position = positionIn(message);
  const node = position === undefined ? undefined : nodes[position];
  return node !== undefined && message.includes(describeNode(node)) ? position : undefined;
}

function allButHeld(nodes: readonly LazyNode[]): ReadonlySet<LazyNode> {
  const culprits = new Set<LazyNode>();
  const kept = new Set<LazyData>();
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((data) => kept.has(data) || data.holds > 0)) culprits.add(node);
    else for (const data of node.inputs) kept.add(data);
  }
  return culprits;
}
