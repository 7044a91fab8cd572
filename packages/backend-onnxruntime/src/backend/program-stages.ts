import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** One graph, and the programs that run right after it. */
export interface Stage {
  readonly nodes: LazyNode[];
  readonly programs: LazyNode[];
  /** Results of the graph that programs or later stages read. */
  readonly needed: Set<LazyData>;
}

/** Splits recorded nodes at those that run outside of graphs; a stage reads only what earlier ones have computed. */
export function programStages(nodes: readonly LazyNode[]): Stage[] {
  const stageOf = new Map<LazyNode, number>();
  const stages: Stage[] = [];
  for (const node of nodes) {
    const isProgram = node.program !== undefined;
    let number = 0;
    for (const { node: producer } of node.inputs) {
      if (producer === undefined) continue;
      number = Math.max(number, (stageOf.get(producer) ?? 0) + (producer.program === undefined ? 0 : 1));
    }
    stageOf.set(node, number);
    while (stages.length <= number) stages.push({ nodes: [], programs: [], needed: new Set() });
    (isProgram ? stages[number]?.programs : stages[number]?.nodes)?.push(node);
    for (const input of node.inputs) {
      if (input.node === undefined) continue;
      const source = stageOf.get(input.node) ?? 0;
      if (isProgram || source < number) stages[source]?.needed.add(input);
    }
  }
  return stages;
}
