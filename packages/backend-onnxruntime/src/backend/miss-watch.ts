/** Lookups by which the present is judged. */
const WINDOW = 16;
/** Requests of one structure after which it is compiled as a whole after all: that many runs are worth it. */
const WORTH_COMPILING = 32;
/** Structures whose requests are counted. */
const MOST_COUNTED = 1024;

/**
 * Notices when new structures keep coming, so that compiling each costs more than running it in parts that were seen
 * before.
 */
export class MissWatch {
  readonly #requests = new Map<number, number>();
  #history = 0;

  /** Reports a lookup of a whole structure. @returns whether it should be taken apart */
  note(hash: number, isHit: boolean): boolean {
    this.#history = ((this.#history << 1) | (isHit ? 0 : 1)) & (2 ** WINDOW - 1);
    if (isHit || misses(this.#history) < WINDOW / 2) return false;
    const requests = (this.#requests.get(hash) ?? 0) + 1;
    if (this.#requests.size >= MOST_COUNTED) this.#requests.clear();
    this.#requests.set(hash, requests);
    return requests < WORTH_COMPILING;
  }
}

function misses(history: number): number {
  let count = 0;
  for (let bits = history; bits > 0; bits >>= 1) count += bits & 1;
  return count;
}
