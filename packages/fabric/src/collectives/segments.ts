/** The part of a segment that lies in a range. */
export interface Overlap {
  readonly index: number;
  /** From where in the segment. */
  readonly begin: number;
  /** Up to where in the segment. */
  readonly end: number;
  /** Where in the range it begins. */
  readonly at: number;
}

/** Segments of some lengths that lie behind each other. */
export class Segments {
  readonly length: number;
  readonly #lengths: readonly number[];

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
    this.length = lengths.reduce((sum, length) => sum + length, 0);
  }

  /** Calls `visit` for each segment that is in the range; an empty one is where something is on either side of it. */
  visit(from: number, count: number, visit: (overlap: Overlap) => void): void {
    let start = 0;
    for (const [index, length] of this.#lengths.entries()) {
      const end = start + length;
      if (start < from + count && end > from) {
        const begin = Math.max(from, start);
        visit({ index, begin: begin - start, end: Math.min(from + count, end) - start, at: begin - from });
      }
      start = end;
    }
  }
}
