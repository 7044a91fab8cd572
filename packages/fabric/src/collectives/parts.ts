import type { CollectiveBuffer } from "./collective.js";

/** Several arrays of the same type, taken as if they lay behind each other. */
export class Parts {
  readonly length: number;
  readonly #parts: readonly CollectiveBuffer[];
  readonly #starts: readonly number[];

  constructor(parts: readonly CollectiveBuffer[]) {
    let length = 0;
    this.#parts = parts;
    this.#starts = parts.map((part) => (length += part.length) - part.length);
    this.length = length;
  }

  /** Copies elements from `from` on, as many as the target has. */
  read(from: number, target: CollectiveBuffer): void {
    this.visit(from, target.length, (part, at) => target.set(part, at));
  }

  /** Overwrites elements from `from` on. */
  write(from: number, source: CollectiveBuffer): void {
    this.visit(from, source.length, (part, at) => part.set(source.subarray(at, at + part.length)));
  }

  /** Calls `visit` with each piece of an array that is in the range, and where in the range it begins. */
  visit(from: number, count: number, visit: (piece: CollectiveBuffer, at: number) => void): void {
    for (const [index, part] of this.#parts.entries()) {
      const start = this.#starts[index] ?? 0;
      const [begin, end] = [Math.max(from, start), Math.min(from + count, start + part.length)];
      if (begin < end) visit(part.subarray(begin - start, end - start), begin - from);
    }
  }
}
