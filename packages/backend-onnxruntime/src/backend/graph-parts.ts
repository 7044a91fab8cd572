import { crossingCounts } from "./crossing-counts.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import { looksOf } from "./looks-of.js";
import { repeatedRuns } from "./repeated-runs.js";

/**
 * Numbers that a graph gets from the host before it is cut. ONNX Runtime's time to create a session grows with the
 * square of the nodes that wait for nothing, and those that read such numbers often do.
 */
const MOST_NUMBERS = 768;

/** Nodes that run as one graph. */
export interface GraphPart {
  readonly nodes: readonly LazyNode[];
  /** Nodes with which the steps of a loop begin. */
  readonly stepStarts: ReadonlySet<LazyNode>;
  /** Results that later parts read. */
  readonly needed: ReadonlySet<LazyData>;
}

/**
 * Cuts what is large into graphs that are quick to compile, where least is handed on. `undefined` if one graph will do.
 */
export function partsOfLarge(nodes: readonly LazyNode[], stepStarts: ReadonlySet<LazyNode>): GraphPart[] | undefined {
  if (nodes.length < MOST_NUMBERS / 2) return undefined;
  const ends: number[] = [];
  let numbers = 0;
  let begin = 0;
  let crossing: Int32Array | undefined;
  for (let place = 0; place < nodes.length; place++) {
    numbers += numbersOf(nodes[place]);
    if (numbers <= MOST_NUMBERS) continue;
    crossing ??= crossingCounts(nodes);
    const end = leastIn(crossing, Math.ceil((begin + place) / 2), place);
    ends.push(end);
    numbers = 0;
    for (let i = end; i <= place; i++) numbers += numbersOf(nodes[i]);
    begin = end;
  }
  return ends.length === 0 ? undefined : partsAt(nodes, [...ends, nodes.length], stepStarts);
}

/**
 * Takes apart what repeats itself, such as the steps of a sequence: runs of equal steps, 1, 4, 16, … at a time.
 * Sequences of different lengths then share most of their graphs. `undefined` if nothing repeats itself.
 */
export function partsOfRepeating(nodes: readonly LazyNode[]): GraphPart[] | undefined {
  const runs = repeatedRuns(looksOf(nodes));
  if (runs.length === 0) return undefined;
  const ends = new Set<number>();
  const stepStarts = new Set<LazyNode>();
  for (const { start, period, count } of runs) {
    ends.add(start);
    let place = start;
    for (let rest = count; rest > 0;) {
      const steps = 4 ** Math.floor(Math.log2(rest) / 2);
      for (let step = 0; step < steps; step++) {
        const first = nodes[place + step * period];
        if (first !== undefined) stepStarts.add(first);
      }
      place += steps * period;
      ends.add(place);
      rest -= steps;
    }
  }
  ends.add(nodes.length);
  ends.delete(0);
  return partsAt(
    nodes,
    [...ends].toSorted((a, b) => a - b),
    stepStarts,
  );
}

function partsAt(nodes: readonly LazyNode[], ends: readonly number[], stepStarts: ReadonlySet<LazyNode>): GraphPart[] {
  const parts: { nodes: readonly LazyNode[]; stepStarts: ReadonlySet<LazyNode>; needed: Set<LazyData> }[] = [];
  const partOf = new Map<LazyNode, number>();
  let begin = 0;
  for (const [number, end] of ends.entries()) {
    const own = nodes.slice(begin, end);
    parts.push({ nodes: own, stepStarts, needed: new Set() });
    for (const node of own) {
      partOf.set(node, number);
      for (const input of node.inputs) {
        const source = input.node === undefined ? undefined : partOf.get(input.node);
        if (source !== undefined && source !== number) parts[source]?.needed.add(input);
      }
    }
    begin = end;
  }
  return parts;
}

function numbersOf(node: LazyNode | undefined): number {
  if (node === undefined) return 0;
  let count = node.scalars.length;
  for (const input of node.inputs) if (input.single !== undefined) count++;
  return count;
}

/** The latest of the places at which least is handed on. */
function leastIn(crossing: Int32Array, from: number, to: number): number {
  let best = to;
  for (let place = to; place > from; place--) if ((crossing[place] ?? 0) < (crossing[best] ?? 0)) best = place;
  return best;
}
