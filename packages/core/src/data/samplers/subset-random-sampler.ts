import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { type SeedOptions, SeededSampler } from "./seeded-sampler.js";

/**
 * Visits some items of a dataset, by their indices there, in random order; another one each epoch.
 * @example
 * ```ts
 * import { SubsetRandomSampler } from "@lightning-ts/core";
 *
 * const sampler = new SubsetRandomSampler([10, 20, 30], { seed: 7 });
 * console.log([...sampler.indices()]); // 10, 20 and 30 in an order that the seed decides
 * ```
 */
export class SubsetRandomSampler extends SeededSampler {
  readonly subset: readonly number[];

  /** @param subset indices in the dataset */
  constructor(subset: readonly number[], options: SeedOptions = {}) {
    rejectUnknownOptions("SubsetRandomSampler", options, ["seed", "generator"]);
    super(options, "SubsetRandomSampler");
    this.subset = [...subset];
  }

  override get length(): number {
    return this.subset.length;
  }

  override *indices(): Iterable<number> {
    for (const position of this.stream().permutation(this.length)) yield this.subset[position] ?? 0;
  }
}
