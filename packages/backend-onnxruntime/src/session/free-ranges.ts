/** Ranges of one stretch of memory that nobody uses. Those that touch each other are one. */
export class FreeRanges {
  /** Ascending; `#sizes` has the sizes of the same ranges. */
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];

  /** Calls `visit` with the start and the bytes of every range. */
  forEach(visit: (start: number, size: number) => void): void {
    this.#starts.forEach((start, index) => visit(start, this.#sizes[index] ?? 0));
  }

  /** Bytes of the range that ends at `end`, or 0. */
  bytesUpTo(end: number): number {
    const last = this.#starts.length - 1;
    const [start = 0, size = 0] = [this.#starts[last], this.#sizes[last]];
    return start + size === end ? size : 0;
  }

  /** Takes the first place that is large enough. @returns where it starts, or undefined if there is none */
  take(size: number): number | undefined {
    const index = this.#sizes.findIndex((free) => free >= size);
    const [start, free] = [this.#starts[index], this.#sizes[index]];
    if (start === undefined || free === undefined) return undefined;
    if (free === size) this.#replace(index, 1);
    else {
      this.#starts[index] = start + size;
      this.#sizes[index] = free - size;
    }
    return start;
  }

  /** Gives back what was taken. */
  give(start: number, size: number): void {
    const next = this.#firstBehind(start);
    const [before = 0, bytesBefore = 0] = [this.#starts[next - 1], this.#sizes[next - 1]];
    const touchesBefore = next > 0 && before + bytesBefore === start;
    const touchesNext = this.#starts[next] === start + size;
    const first = touchesBefore ? next - 1 : next;
    const joined = (touchesBefore ? bytesBefore : 0) + size + (touchesNext ? (this.#sizes[next] ?? 0) : 0);
    const replaced = (touchesBefore ? 1 : 0) + (touchesNext ? 1 : 0);
    this.#replace(first, replaced, { start: touchesBefore ? before : start, size: joined });
  }

  #firstBehind(start: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #replace(index: number, count: number, range?: { readonly start: number; readonly size: number }): void {
    this.#starts.splice(index, count, ...(range === undefined ? [] : [range.start]));
    this.#sizes.splice(index, count, ...(range === undefined ? [] : [range.size]));
  }
}
