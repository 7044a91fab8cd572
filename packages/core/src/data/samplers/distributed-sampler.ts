import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { SamplerState, Sized } from "./sampler.js";
import { SeededSampler } from "./seeded-sampler.js";

export interface DistributedSamplerOptions {
  /** How many processes share the dataset. */
  readonly numReplicas: number;
  /** This process, 0 … numReplicas-1. */
  readonly rank: number;
  /** @default true */
  readonly shuffle?: boolean | undefined;
  /** The same in all processes. @default 0 */
  readonly seed?: number | undefined;
  /** Leave out the items that do not fill a round, instead of repeating the first ones. @default false */
  readonly dropLast?: boolean | undefined;
}

/**
 * This process' share of a dataset: every `numReplicas`-th index, starting at `rank`, of one order that all processes
 * compute alike. All shares have the same length: the first items are repeated, or with `dropLast` the last ones left
 * out. Semantics of torch 2.x `DistributedSampler`; the shuffled order comes from our own generator.
 * @example
 * ```ts
 * import { DistributedSampler } from "@lightning-ts/core";
 *
 * const share = new DistributedSampler({ length: 6 }, { numReplicas: 2, rank: 1, shuffle: false });
 * console.log([...share.indices()]); // [1, 3, 5]
 * ```
 */
export class DistributedSampler extends SeededSampler {
  readonly numReplicas: number;
  readonly rank: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly #source: Sized;

  constructor(source: Sized, options: DistributedSamplerOptions) {
    rejectUnknownOptions("DistributedSampler", options, ["numReplicas", "rank", "shuffle", "seed", "dropLast"]);
    super({ seed: options.seed ?? 0 }, "DistributedSampler");
    this.numReplicas = options.numReplicas;
    this.rank = options.rank;
    this.shuffle = options.shuffle ?? true;
    this.dropLast = options.dropLast ?? false;
    this.#source = source;
    if (
      !Number.isInteger(this.numReplicas) ||
      this.numReplicas < 1 ||
      !Number.isInteger(this.rank) ||
      this.rank < 0 ||
      this.rank >= this.numReplicas
    ) {
      throw new MisconfigurationError({
        message: "This rank cannot have a share of the dataset.",
        expected: "numReplicas of at least 1 and a rank from 0 to numReplicas - 1",
        received: `numReplicas ${this.numReplicas}, rank ${this.rank}`,
      });
    }
  }

  override get length(): number {
    const share = this.#source.length / this.numReplicas;
    return this.dropLast ? Math.floor(share) : Math.ceil(share);
  }

  /** Where nothing is shuffled, the state of a sampler without one is enough: that of a run of one process. */
  override restore(state: SamplerState): void {
    if (this.shuffle || Object.keys(state).length > 0) super.restore(state);
  }

  override *indices(): Iterable<number> {
    const total = this.#source.length;
    const order = this.shuffle ? this.stream().permutation(total) : Uint32Array.from({ length: total }, (_, i) => i);
    for (let round = 0; round < this.length; round += 1)
      yield order[(this.rank + round * this.numReplicas) % total] ?? 0;
  }
}
