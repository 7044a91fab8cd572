import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { RandomStream } from "../../random/random-stream.js";
import type { Sampler, SamplerState } from "./sampler.js";

/**
 * A sampler with randomness: one seed, and for each epoch a stream of its own that depends on seed and epoch alone.
 * Without a given seed one is drawn from the stream `"shuffle"` when it is first needed.
 */
export abstract class SeededSampler implements Sampler {
  #seed: number | undefined;
  #epoch = 0;

  constructor(seed: number | undefined) {
    this.#seed = seed;
  }

  abstract get length(): number;
  abstract indices(): Iterable<number>;

  setEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  /** The random numbers of the current epoch. */
  protected stream(): RandomStream {
    return RandomStream.fromSeed(this.#drawnSeed(), "sampler").fork(this.#epoch);
  }

  /** Asking draws nothing: the seed is null until it is needed. */
  state(): SamplerState {
    return { version: 1, seed: this.#seed ?? null, epoch: this.#epoch };
  }

  restore(state: SamplerState): void {
    const { version, seed, epoch } = state;
    if (version !== 1 || (seed !== null && typeof seed !== "number") || typeof epoch !== "number") {
      throw new MisconfigurationError({
        message: "A sampler cannot be restored from this state.",
        expected: "version 1 with a seed and an epoch",
        received: JSON.stringify(state),
      });
    }
    this.#seed = seed ?? undefined;
    this.#epoch = epoch;
  }

  #drawnSeed(): number {
    this.#seed ??= RandomStream.named("shuffle").nextUint32();
    return this.#seed;
  }
}
