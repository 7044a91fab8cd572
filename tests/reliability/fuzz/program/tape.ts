/** What one decision after the other is read from; past its end every decision is the first, simplest choice. */
export class Tape {
  #position = 0;

  constructor(readonly words: readonly number[]) {}

  /** How many words have been read: later ones do not matter. */
  get used(): number {
    return Math.min(this.#position, this.words.length);
  }

  /** A whole number from 0 to limit - 1; smaller words give smaller numbers, so that shrinking simplifies. */
  below(limit: number): number {
    const word = this.words[this.#position++] ?? 0;
    return Math.min(limit - 1, Math.floor((word / 2 ** 32) * limit));
  }

  pick<TItem>(items: readonly TItem[]): TItem {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("pick needs at least one item");
    return item;
  }

  /** True with the given chance; false is the simpler choice. */
  chance(share: number): boolean {
    return this.below(1000) >= 1000 * (1 - share);
  }
}
