import { NdArray } from "./nd-array.js";

/** Repeatable random numbers for tests. */
export class TestRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** [0, 1) */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** float32 numbers between -1 and 1. */
  array(shape: readonly number[]): NdArray {
    const result = new NdArray(shape);
    for (let i = 0; i < result.data.length; i += 1) result.data[i] = Math.fround(this.uniform() * 2 - 1);
    return result;
  }
}
