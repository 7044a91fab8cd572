/** Who knows whom: for each node the nodes that it points to. */
export type Arrows = ReadonlyMap<string, readonly string[]>;

/** Sets of nodes that reach each other, and nodes that point to themselves; each set is sorted (Tarjan's algorithm). */
export function findCircles(arrows: Arrows): string[][] {
  const search = new CircleSearch(arrows);
  for (const node of arrows.keys()) search.visit(node);
  return search.found;
}

class CircleSearch {
  readonly found: string[][] = [];
  readonly #arrows: Arrows;
  readonly #numbers = new Map<string, number>();
  readonly #open: string[] = [];

  constructor(arrows: Arrows) {
    this.#arrows = arrows;
  }

  /** @returns the lowest number of an open node that can be reached from here */
  visit(node: string): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const own = this.#numbers.size;
    this.#numbers.set(node, own);
    this.#open.push(node);
    let lowest = own;
    for (const next of this.#arrows.get(node) ?? []) lowest = Math.min(lowest, this.visit(next));
    if (lowest < own) {
      this.#numbers.set(node, lowest);
      return lowest;
    }
    this.#close(node);
    return Number.POSITIVE_INFINITY;
  }

  #close(node: string): void {
    const members = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of members) this.#numbers.set(member, Number.POSITIVE_INFINITY);
    if (members.length > 1 || this.#arrows.get(node)?.includes(node) === true) this.found.push(members.sort());
  }
}
