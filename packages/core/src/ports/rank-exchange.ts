/**
 * What a layer needs of the other ranks while it computes: few numbers, at once. Each call blocks until all ranks have
 * made it, and all must make the same calls in the same order.
 */
export interface RankExchange {
  readonly rank: number;
  readonly worldSize: number;
  /** Adds the values of all ranks, in place. @param name equal on all ranks; errors show it */
  sum(values: Float32Array, name: string): void;
  /** The values of all ranks, one rank after the other; as many from each. */
  gather(values: Float32Array, name: string): Float32Array;
}

/** Where a call goes, and what it is called in the errors of ranks that wait for it. */
export interface OverRanks {
  readonly ranks: RankExchange;
  readonly name: string;
}
