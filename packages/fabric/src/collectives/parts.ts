import type { CollectiveBuffer } from "./collective.js";
import { Segments } from "./segments.js";

/** Several arrays of the same type, taken as if they lay behind each other. */
export class Parts {
  readonly length: number;
  readonly #parts: readonly CollectiveBuffer[];
  readonly #segments: Segments;

  constructor(parts: readonly CollectiveBuffer[]) {
    this.#parts = parts;
    this.#segments = new Segments(parts.map((part) => part.length));
    this.length = this.#segments.length;
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
    this.#segments.visit(from, count, ({ index, begin, end, at }) => {
      const part = this.#parts[index];
      if (part !== undefined) visit(part.subarray(begin, end), at);
    });
  }
}
