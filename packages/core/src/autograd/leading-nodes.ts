import type { Tape, TapeNode } from "../tensor/engine-internals/tape.js";

/**
 * The nodes that lead to some tensors, producers before consumers.
 * The tape's own order is not quite that: tfjs records the copy that it saves of an output before the node that makes
 * the output, so following the order would lose second derivatives through `tanh`, `softmax` and others.
 */
export function leadingNodes(tape: Tape, outputIds: readonly number[]): TapeNode[] {
  const producers = new Map<number, TapeNode>();
  for (const node of tape) for (const output of node.outputs) producers.set(output.id, node);
  const visited = new Set<TapeNode>();
  const ordered: TapeNode[] = [];
  const path: Visit[] = [];
  const enter = (id: number): void => {
    const node = producers.get(id);
    if (node === undefined || visited.has(node)) return;
    visited.add(node);
    path.push({ node, inputIds: inputIdsOf(node), next: 0 });
  };
  for (const id of outputIds) {
    enter(id);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const inputId = visit.inputIds[visit.next];
      visit.next += 1;
      if (inputId !== undefined) enter(inputId);
      else {
        ordered.push(visit.node);
        path.pop();
      }
    }
  }
  return ordered;
}

interface Visit {
  readonly node: TapeNode;
  readonly inputIds: readonly number[];
  next: number;
}

function inputIdsOf(node: TapeNode): number[] {
  const ids: number[] = [];
  for (const name in node.inputs) {
    const input = node.inputs[name];
    if (input !== undefined && input !== null) ids.push(input.id);
  }
  return ids;
}
