import type { CompiledGraph } from "../contract/graph-runner.js";
import type { StructureKey } from "./structure-key.js";

interface Entry {
  readonly hash: number;
  readonly key: Int32Array;
  readonly graph: CompiledGraph;
}

export interface PlanCacheStatistics {
  readonly size: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/** Compiled graphs by structure; the one that was used longest ago makes room. */
export class PlanCache {
  readonly #capacity: number;
  readonly #release: (graph: CompiledGraph) => void;
  readonly #byHash = new Map<number, Entry[]>();
  /** In the order of their last use. */
  readonly #byAge = new Set<Entry>();
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor(capacity: number, release: (graph: CompiledGraph) => void) {
    this.#capacity = capacity;
    this.#release = release;
  }

  find(key: StructureKey): CompiledGraph | undefined {
    const entry = this.#byHash.get(key.hash)?.find((candidate) => key.equals(candidate.key));
    if (entry === undefined) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#byAge.delete(entry);
    this.#byAge.add(entry);
    return entry.graph;
  }

  add(key: StructureKey, graph: CompiledGraph): void {
    const entry = { hash: key.hash, key: key.copy(), graph };
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

  #remove(entry: Entry): void {
    this.#byAge.delete(entry);
    const rest = this.#byHash.get(entry.hash)?.filter((other) => other !== entry) ?? [];
    if (rest.length === 0) this.#byHash.delete(entry.hash);
    else this.#byHash.set(entry.hash, rest);
    this.#release(entry.graph);
  }
}
