import type { StructureKey } from "./structure-key.js";

interface Entry<TPlan> {
  readonly hash: number;
  readonly key: Int32Array;
  readonly plan: TPlan;
}

export interface PlanCacheStatistics {
  readonly size: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/** What was compiled, by structure; the one that was used longest ago makes room. */
export class PlanCache<TPlan> {
  readonly #capacity: number;
  readonly #release: (plan: TPlan) => void;
  readonly #byHash = new Map<number, Entry<TPlan>[]>();
  /** In the order of their last use. */
  readonly #byAge = new Set<Entry<TPlan>>();
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor(capacity: number, release: (plan: TPlan) => void) {
    this.#capacity = capacity;
    this.#release = release;
  }

  find(key: StructureKey): TPlan | undefined {
    const entry = this.#byHash.get(key.hash)?.find((candidate) => key.equals(candidate.key));
    if (entry === undefined) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#byAge.delete(entry);
    this.#byAge.add(entry);
    return entry.plan;
  }

  add(key: StructureKey, plan: TPlan): void {
    const entry = { hash: key.hash, key: key.copy(), plan };
    const bucket = this.#byHash.get(entry.hash);
    if (bucket === undefined) this.#byHash.set(entry.hash, [entry]);
    else bucket.push(entry);
    this.#byAge.add(entry);
    for (const oldest of this.#byAge) {
      if (this.#byAge.size <= this.#capacity) break;
      this.#evictions++;
      this.#remove(oldest);
    }
  }

  clear(): void {
    for (const entry of this.#byAge) this.#remove(entry);
  }

  statistics(): PlanCacheStatistics {
    return { size: this.#byAge.size, hits: this.#hits, misses: this.#misses, evictions: this.#evictions };
  }

  #remove(entry: Entry<TPlan>): void {
    this.#byAge.delete(entry);
    const rest = this.#byHash.get(entry.hash)?.filter((other) => other !== entry) ?? [];
    if (rest.length === 0) this.#byHash.delete(entry.hash);
    else this.#byHash.set(entry.hash, rest);
    this.#release(entry.plan);
  }
}
