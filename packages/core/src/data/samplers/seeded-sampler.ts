import { describeValue } from "../../errors/describe-value.js";
import { isCount } from "../../errors/saved-numbers.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { RandomStream } from "../../random/random-stream.js";
import type { Sampler, SamplerState } from "./sampler.js";

/** What decides the order of every epoch. */
export interface SeedOptions {
  /** Fixes the order of every epoch; excludes `generator`. @default drawn from the stream "shuffle" */
  readonly seed?: number | undefined;
  /** The seed is its next number, drawn when it is first needed. @default the stream "shuffle" */
  readonly generator?: RandomStream | undefined;
}

/** @throws MisconfigurationError where both are given, or a generator that is none */
export function checkSeed(owner: string, { seed, generator }: SeedOptions): void {
  if (generator !== undefined && !(generator instanceof RandomStream))
    throw new MisconfigurationError({
      message: `${owner}'s generator is not usable.`,
      expected: "a RandomStream, such as RandomStream.fromSeed(7)",
      received: describeValue(generator),
    });
  if (seed === undefined || generator === undefined) return;
  throw new MisconfigurationError({
    message: `${owner}: seed and generator exclude each other.`,
    tryThis: "one of them.",
  });
}

/**
 * A sampler with randomness: one seed, and for each epoch a stream of its own that depends on seed and epoch alone.
 * Without a given seed one is drawn when it is first needed, from `generator` or the stream `"shuffle"`.
 * @example
 * ```ts
 * import { SeededSampler } from "@lightning-ts/core";
 *
 * class Halves extends SeededSampler {
 *   readonly length = 2;
 *
 *   override *indices() {
 *     const first = this.stream().integer(2);
 *     yield* [first, 1 - first];
 *   }
 * }
 * console.log([...new Halves({ seed: 7 }, "Halves").indices()]); // 0 and 1 in an order that the seed decides
 * ```
 */
export abstract class SeededSampler implements Sampler {
  readonly #generator: RandomStream | undefined;
  #seed: number | undefined;
  #epoch = 0;

  /** @param owner its name in messages */
  constructor(options: SeedOptions, owner: string) {
    checkSeed(owner, options);
    this.#seed = options.seed;
    this.#generator = options.generator;
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
    const { version, seed = "nothing", epoch } = state;
    if (version !== 1 || (seed !== null && !isCount(seed)) || !isCount(epoch)) {
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
    this.#seed ??= (this.#generator ?? RandomStream.named("shuffle")).nextUint32();
    return this.#seed;
  }
}
