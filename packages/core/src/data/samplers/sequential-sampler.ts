import type { Sampler, Sized } from "./sampler.js";

/** Visits all items in order. */
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
