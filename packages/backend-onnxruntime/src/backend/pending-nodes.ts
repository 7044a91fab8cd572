import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/**
 * The recorded nodes that have not run, in the order of recording (so every node comes after those it reads).
 * Dropped nodes keep their places until they are swept, so that a loop's steps stay equally long.
 */
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
    let count = 0;
    for (const node of this.#nodes) if (node.waiting > 0) count++;
    return count;
  }

  /** All places, dropped nodes included. */
  get places(): readonly LazyNode[] {
    return this.#nodes;
  }

  /** Forgets nodes that have run or that nobody needs. */
  sweep(): void {
    this.#nodes = this.#nodes.filter(isNeeded);
  }

  /** Everything that is alive. */
  all(): LazyNode[] {
    this.sweep();
    return this.#number([...this.#nodes]);
  }

  /** `all` without what is computed on demand and nobody demands. */
  due(): LazyNode[] {
    this.sweep();
    return this.#number(this.#nodes.filter(isDue));
  }

  /** What reads memory of somebody else, which will not stay as it is. */
  readersOfAdopted(): LazyNode[] {
    return this.#nodes.filter((node) => isNeeded(node) && node.inputs.some(isAdopted));
  }

  /**
   * The living nodes of the first places, those of their results that later nodes read, and the first node of every
   * `period` places.
   */
  upTo(end: number, period = end): { nodes: LazyNode[]; needed: Set<LazyData>; stepStarts: Set<LazyNode> } {
    const stepStarts = new Set<LazyNode>();
    let step = -1;
    for (let place = 0; place < end; place++) {
      const node = this.#nodes[place];
      if (node === undefined || !isNeeded(node) || Math.floor(place / period) === step) continue;
      step = Math.floor(place / period);
      stepStarts.add(node);
    }
    const needed = new Set<LazyData>();
    for (let place = end; place < this.#nodes.length; place++) {
      const node = this.#nodes[place];
      if (node === undefined || !isNeeded(node)) continue;
      for (const input of node.inputs) if (input.node !== undefined) needed.add(input);
    }
    return { nodes: this.#number(this.#nodes.slice(0, end).filter(isNeeded)), needed, stepStarts };
  }

  /** Forgets the first places, which have run; a node that somebody still waits for stays. */
  drop(end: number): void {
    this.#nodes = [...this.#nodes.slice(0, end).filter(isNeeded), ...this.#nodes.slice(end)];
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
  restore(nodes: readonly LazyNode[]): void {
    const known = new Set(this.#nodes);
    this.#nodes = [...nodes.filter((node) => !known.has(node)), ...this.#nodes].toSorted((a, b) => a.number - b.number);
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

function isNeeded(node: LazyNode): boolean {
  return node.waiting > 0;
}

function isDue(node: LazyNode): boolean {
  return node.kernel.isMeanOnDemand !== true || node.outputs.some(({ users }) => users > 0);
}

function isAdopted({ buffer }: LazyData): boolean {
  return buffer?.isAdopted === true;
}
