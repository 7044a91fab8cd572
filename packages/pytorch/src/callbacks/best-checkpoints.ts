/** Which files are the best so far. */
export class BestCheckpoints {
  readonly mode: "min" | "max";
  readonly limit: number;
  readonly #scores = new Map<string, number>();

  /** @param limit how many to keep; -1 for all */
  constructor(mode: "min" | "max", limit: number) {
    this.mode = mode;
    this.limit = limit;
  }

  get scores(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#scores);
  }

  get best(): { readonly path: string; readonly score: number } | undefined {
    return this.#extreme((a, b) => this.#isBetter(a, b));
  }

  /** The first one that has to go. */
  get worst(): { readonly path: string; readonly score: number } | undefined {
    return this.#extreme((a, b) => this.#isBetter(b, a));
  }

  /** The path that goes when another one is added. */
  get next(): string | undefined {
    return this.limit !== -1 && this.#scores.size >= this.limit ? this.worst?.path : undefined;
  }

  /** NaN counts as the worst possible score. */
  normalize(score: number): number {
    if (!Number.isNaN(score)) return score;
    return this.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** True when a file with this score would be kept; ties are not. */
  accepts(score: number): boolean {
    if (this.limit === 0) return false;
    if (this.limit === -1 || this.#scores.size < this.limit) return true;
    const { worst } = this;
    return worst === undefined || this.#isBetter(this.normalize(score), worst.score);
  }

  /** @returns the path that has to go for it, if one has */
  add(path: string, score: number): string | undefined {
    const evicted = this.#scores.has(path) ? undefined : this.next;
    if (evicted !== undefined) this.#scores.delete(evicted);
    this.#scores.set(path, this.normalize(score));
    return evicted;
  }

  remove(path: string): void {
    this.#scores.delete(path);
  }

  restore(scores: Iterable<readonly [string, number]>): void {
    this.#scores.clear();
    for (const [path, score] of scores) this.#scores.set(path, score);
  }

  #isBetter(a: number, b: number): boolean {
    return this.mode === "min" ? a < b : a > b;
  }

  #extreme(precedes: (a: number, b: number) => boolean): { readonly path: string; readonly score: number } | undefined {
    let found: { readonly path: string; readonly score: number } | undefined;
    for (const [path, score] of this.#scores)
      if (found === undefined || precedes(score, found.score)) found = { path, score };
    return found;
  }
}
