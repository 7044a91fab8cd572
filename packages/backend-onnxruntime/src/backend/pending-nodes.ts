import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Nodes by which the beginning of a step is recognized. */
const WINDOW = 8;

/** The recorded nodes that have not run, in the order of recording (so every node comes after those it reads). */
export class PendingNodes {
  #nodes: LazyNode[] = [];
  #flush = 0;

  add(node: LazyNode): void {
    this.#nodes.push(node);
  }

  /** An upper bound: dropped nodes count until they are swept. */
  get length(): number {
    return this.#nodes.length;
  }

  /** Those that somebody needs. */
  get alive(): number {
    this.sweep();
    return this.#nodes.length;
  }

  /** Forgets nodes that have run or that nobody needs. */
  sweep(): void {
    this.#nodes = this.#nodes.filter((node) => node.waiting > 0);
  }

  /** Everything that is alive. */
  all(): LazyNode[] {
    this.sweep();
    return this.#number([...this.#nodes]);
  }

  /**
   * The last place where the recording begins anew, as a loop's does with every step; `undefined` if it does not.
   * A graph cut there has the same structure the next time.
   */
  repetition(): number | undefined {
    const nodes = this.#nodes;
    for (let start = nodes.length - WINDOW; start >= Math.max(WINDOW, nodes.length / 4); start--) {
      let matched = 0;
      while (matched < WINDOW && nodes[start + matched]?.operationId === nodes[matched]?.operationId) matched++;
      if (matched === WINDOW) return start;
    }
    return undefined;
  }

  /** The first nodes, and those of their results that later nodes read. */
  upTo(end: number): { nodes: LazyNode[]; needed: Set<LazyData> } {
    const needed = new Set<LazyData>();
    for (const node of this.#nodes.slice(end)) for (const input of node.inputs) if (input.node !== undefined) needed.add(input);
    return { nodes: this.#number(this.#nodes.slice(0, end)), needed };
  }

  /** What the given results need, and the results that are lasting. */
  neededBy(wanted: Iterable<LazyData>, isLasting: (data: LazyData) => boolean): LazyNode[] {
    this.sweep();
    const flush = ++this.#flush;
    for (const data of wanted) if (data.node !== undefined) data.node.flush = flush;
    const needed: LazyNode[] = [];
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const node = this.#nodes[i];
      if (node === undefined || (node.flush !== flush && !node.outputs.some(isLasting))) continue;
      node.flush = flush;
      needed.push(node);
      for (const input of node.inputs) if (input.node !== undefined) input.node.flush = flush;
    }
    return this.#number(needed.reverse());
  }

  /** Adds nodes that ran in vain, which are older than all others. */
  restore(nodes: readonly LazyNode[]): LazyNode[] {
    const restored = new Set(nodes);
    this.#nodes = [...nodes, ...this.#nodes.filter((node) => !restored.has(node))];
    return this.#number([...nodes]);
  }

  #number(nodes: LazyNode[]): LazyNode[] {
    const flush = ++this.#flush;
    nodes.forEach((node, position) => {
      node.flush = flush;
      node.position = position;
    });
    return nodes;
  }
}
