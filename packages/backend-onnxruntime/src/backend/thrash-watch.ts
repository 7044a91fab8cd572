/** Lookups that are looked at together. */
const WINDOW = 128;

/** Notices when graphs are compiled again and again instead of being found in the cache, and says so once. */
export class ThrashWatch {
  readonly #warn: (message: string) => void;
  #lookups = 0;
  #misses = 0;
  #hasWarned = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Reports one lookup of a graph. */
  note(isHit: boolean): void {
    if (this.#hasWarned) return;
    this.#lookups += 1;
    if (!isHit) this.#misses += 1;
    if (this.#lookups < WINDOW) return;
    if (this.#misses > WINDOW / 2) {
      this.#hasWarned = true;
      this.#warn(
        `${this.#misses} of the last ${WINDOW} graphs had to be compiled, which costs milliseconds each. ` +
          "Something that changes from step to step is part of the graphs: a shape (pad batches to a few sizes, or drop the last one), " +
          "an attribute that is a number (pass it as a tensor), or more kinds of step alternate than the cache holds (raise its size).",
      );
    }
    this.#lookups = 0;
    this.#misses = 0;
  }
}
