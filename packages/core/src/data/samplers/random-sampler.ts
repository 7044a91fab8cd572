import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { Sized } from "./sampler.js";
import { type SeedOptions, SeededSampler } from "./seeded-sampler.js";

export interface RandomSamplerOptions extends SeedOptions {
  /** Draw items independently, so that one may come several times. @default false */
  readonly replacement?: boolean | undefined;
  /** Indices per epoch. @default all items once */
  readonly numSamples?: number | undefined;
}

/**
 * Visits items in random order, another one each epoch (`setEpoch`).
 * @example
 * ```ts
 * import { RandomSampler } from "@lightning-ts/core";
 *
 * const sampler = new RandomSampler({ length: 4 }, { seed: 7 });
 * console.log([...sampler.indices()]); // 0 to 3 in an order that the seed decides
 * sampler.setEpoch(1);
 * console.log([...sampler.indices()]); // in another one
 * ```
 */
export class RandomSampler extends SeededSampler {
  readonly #source: Sized;
  readonly #replacement: boolean;
  readonly #numSamples: number | undefined;

  constructor(source: Sized, options: RandomSamplerOptions = {}) {
    rejectUnknownOptions("RandomSampler", options, ["replacement", "numSamples", "seed", "generator"]);
    super(options, "RandomSampler");
    const { numSamples } = options;
    if (numSamples !== undefined && !(Number.isInteger(numSamples) && numSamples > 0)) {
      throw new MisconfigurationError({
        message: "RandomSampler cannot draw this many samples.",
        expected: "numSamples as a positive integer",
        received: String(numSamples),
      });
    }
    this.#source = source;
    this.#replacement = options.replacement ?? false;
    this.#numSamples = numSamples;
  }

  override get length(): number {
    return this.#numSamples ?? this.#source.length;
  }

  override *indices(): Iterable<number> {
    const stream = this.stream();
    const total = this.#source.length;
    let remaining = total === 0 ? 0 : this.length;
    while (this.#replacement && remaining > 0) {
      yield stream.integer(total);
      remaining -= 1;
    }
    while (remaining > 0) {
      yield* stream.permutation(total).subarray(0, remaining);
      remaining -= total;
    }
  }
}
