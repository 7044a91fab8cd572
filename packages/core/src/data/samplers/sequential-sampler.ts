import type { Sampler, Sized } from "./sampler.js";

/**
 * Visits all items in order.
 * @example
 * ```ts
 * import { SequentialSampler } from "@lightning-ts/core";
 *
 * console.log([...new SequentialSampler({ length: 3 }).indices()]); // [0, 1, 2]
 * ```
 */
export class SequentialSampler implements Sampler {
  readonly #source: Sized;

  constructor(source: Sized) {
    this.#source = source;
  }

  get length(): number {
    return this.#source.length;
  }

  *indices(): Iterable<number> {
    for (let index = 0; index < this.length; index += 1) yield index;
  }
}
