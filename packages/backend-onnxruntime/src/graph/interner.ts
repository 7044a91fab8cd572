/** What a sequence may consist of; symbols separate parts that could otherwise be confused. */
export type InternPart = string | number | boolean | null | symbol;

/**
 * One prefix of all interned sequences. Equal sequences lead to the same branch, so that comparing them later
 * is comparing two integers, and interning allocates nothing when a sequence was seen before.
 */
export class InternBranch {
  #next: Map<InternPart, InternBranch> | undefined;
  #id = -1;

  step(part: InternPart): InternBranch {
    const key = Object.is(part, -0) ? NEGATIVE_ZERO : part;
    const next = (this.#next ??= new Map());
    let branch = next.get(key);
    if (branch === undefined) {
      branch = new InternBranch();
      next.set(key, branch);
    }
    return branch;
  }

  /**
   * The integer that stands for the sequence that ends here; different from every other sequence's in this process.
   * The first call takes the next one that is free.
   */
  toId(): number {
    if (this.#id < 0) this.#id = nextId++;
    return this.#id;
  }
}

const NEGATIVE_ZERO = Symbol("-0");
let nextId = 0;
