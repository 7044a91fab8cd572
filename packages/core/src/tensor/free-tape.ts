import type { Tape, TapeNode } from "./engine-internals/tape.js";

/**
 * Outputs of nodes whose saved tensors are gone; reaching one in a walk means a second backward through a freed graph.
 */
const freedOutputs = new WeakMap<Tape, Set<number>>();

/** Frees what every node saved and empties the tape. */
export function freeTape(tape: Tape): void {
  for (const node of tape) disposeSaved(node);
  tape.length = 0;
  freedOutputs.delete(tape);
}

/** Frees the nodes that a walk has used and takes them off the tape; their outputs are remembered as freed. */
export function freeNodes(tape: Tape, used: ReadonlySet<TapeNode>): void {
  const freed = freedOutputs.get(tape) ?? new Set<number>();
  freedOutputs.set(tape, freed);
  let kept = 0;
  for (const node of tape) {
    if (!used.has(node)) {
      tape[kept] = node;
      kept += 1;
      continue;
    }
    disposeSaved(node);
    for (const output of node.outputs) freed.add(output.id);
  }
  tape.length = kept;
}

export function wasFreed(tape: Tape, tensorId: number): boolean {
  return freedOutputs.get(tape)?.has(tensorId) === true;
}

export function disposeSaved(node: TapeNode): void {
  for (const tensor of node.saved ?? []) tensor.dispose();
}
