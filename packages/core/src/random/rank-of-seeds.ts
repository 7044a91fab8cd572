/** An odd number whose multiples are far apart (2^32 divided by the golden ratio). */
const APART = 0x9e3779b9;

let rankOfProcess = 0;

/**
 * Says which rank of a training this process is, so that each rank drops other units. What must be alike on all ranks,
 * such as first weights and shuffled orders, does not depend on it; rank 0 draws what one process alone draws.
 */
export function setRankOfSeeds(rank: number): void {
  rankOfProcess = rank;
}

/** Another seed for each rank, in place. */
export function seedOfRank(seed: Int32Array): Int32Array {
  seed[1] = (seed[1] ?? 0) ^ Math.imul(rankOfProcess, APART);
  return seed;
}
