import { RandomStream } from "../random/random-stream.js";
import { mixSeeds } from "./mix-seeds.js";

/** What a dataset may know of an item that it is asked for, beside its index. */
export interface Sample {
  /**
   * Numbers for this item in this epoch. They depend on the global seed, the epoch and the index alone: not on the
   * other items of the batch, on what was drawn before, on reading ahead, or on worker threads.
   */
  readonly random: RandomStream;
}

/** What a dataset is told of an item. */
export type SampleOf = (index: number) => Sample;

/** The seed that the items of an epoch share. */
export function epochSeed(epoch: number): number {
  return mixSeeds("epoch", RandomStream.globalSeed(), epoch);
}

/** @param seed of the epoch */
export function samplesOf(seed: number): SampleOf {
  return (index) => new EpochSample(seed, index);
}

/** Most datasets never ask for the stream. */
class EpochSample implements Sample {
  readonly #seed: number;
  readonly #index: number;
  #random: RandomStream | undefined;

  constructor(seed: number, index: number) {
    this.#seed = seed;
    this.#index = index;
  }

  get random(): RandomStream {
    this.#random ??= new RandomStream([this.#seed, mixSeeds("sample", this.#seed, this.#index)]);
    return this.#random;
  }
}
