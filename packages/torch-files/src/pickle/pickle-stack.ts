import type { TorchValue } from "../values/py-values.js";
import { damagedPickle } from "./pickle-error.js";

/** The values that a pickle is putting together, with the marks between them. */
export class PickleStack {
  readonly #values: TorchValue[] = [];
  readonly #marks: number[] = [];

  get size(): number {
    return this.#values.length;
  }

  push(value: TorchValue): void {
    this.#values.push(value);
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  top(): TorchValue {
    this.#require(1);
    const value = this.#values.at(-1);
    return value === undefined ? null : value;
  }

  pop(): TorchValue {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  /** The last values, in the order in which they came. */
  popMany(count: number): TorchValue[] {
    this.#require(count);
    return this.#values.splice(this.#values.length - count, count);
  }

  /** What came after the last mark, which goes too. */
  popToMark(): TorchValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw damagedPickle("it ends a list that it did not begin");
    return this.#values.splice(mark);
  }

  /** Takes the last value away, or the mark that is last. */
  drop(): void {
    if (this.#marks.at(-1) === this.#values.length && this.#marks.length > 0) this.#marks.pop();
    else this.pop();
  }

  #require(count: number): void {
    if (this.#values.length - (this.#marks.at(-1) ?? 0) < count)
      throw damagedPickle(`it takes ${count} values where fewer are there`);
  }
}
