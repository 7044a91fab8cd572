import type { Tape, TapeNode } from "./engine-internals/tape.js";
import { disposeSaved } from "./free-tape.js";

/**
 * Takes the nodes off a tape that no backward can reach any more, and frees what they saved: of the nodes from `since`
 * on, those that lead to no living tensor. What a node saved lives for that node alone, so it counts as an input of it.
 * @param since id of a node
 */
export function dropUnreachable(tape: Tape, since: number): void {
  let first = tape.length;
  while (first > 0 && idAt(tape, first - 1) >= since) first -= 1;
  const recent = tape.splice(first);
  const reached = leadingToLiving(recent);
  for (const node of recent) {
    if (reached.has(node)) tape.push(node);
    else disposeSaved(node);
  }
}

function idAt(tape: Tape, index: number): number {
  return tape[index]?.id ?? -1;
}

function leadingToLiving(nodes: readonly TapeNode[]): ReadonlySet<TapeNode> {
  const producers = new Map<number, TapeNode>();
  for (const node of nodes) for (const { id } of node.outputs) producers.set(id, node);
  const saved = new Set(nodes.flatMap((node) => node.saved ?? []));
  const isLiving = ({ outputs }: TapeNode) => outputs.some((output) => !output.isDisposed && !saved.has(output));
  const found = new Set(nodes.filter(isLiving));
  // What is found on the way is visited too.
  for (const { inputs, saved: held = [] } of found) {
    for (const tensor of [...Object.values(inputs), ...held]) {
      const producer = producers.get(tensor?.id);
      if (producer !== undefined) found.add(producer);
    }
  }
  return found;
}
