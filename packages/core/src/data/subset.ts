import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { RandomStream } from "../random/random-stream.js";
import type { Collated } from "./collated.js";
import type { Dataset } from "./dataset.js";
import { checkIndex } from "./dataset-error.js";
import { declareOwn, keepsNothing } from "./own-batches.js";
import type { Sample } from "./sample.js";
import { checkSeed, type SeedOptions } from "./samplers/seeded-sampler.js";
import type { BuiltInSource } from "./workers/worker-source.js";

/**
 * Some items of a dataset, by their indices there.
 * @example
 * ```ts
 * import { ArrayDataset, Subset } from "@lightning-ts/core";
 *
 * const odd = new Subset(new ArrayDataset([10, 11, 12, 13]), [1, 3]);
 * console.log(odd.length, odd.get(1)); // 2 13
 * ```
 */
export class Subset<TItem> implements Dataset<TItem> {
  readonly dataset: Dataset<TItem>;
  readonly indices: readonly number[];
  readonly getBatch?: (indices: readonly number[]) => Collated<TItem> | Promise<Collated<TItem>>;

  constructor(dataset: Dataset<TItem>, indices: readonly number[]) {
    for (const index of indices) checkIndex(index, dataset.length);
    this.dataset = dataset;
    this.indices = indices;
    const getBatch = dataset.getBatch?.bind(dataset);
    if (getBatch === undefined) return;
    this.getBatch = (positions) => getBatch(positions.map((position) => this.#indexAt(position)));
    if (keepsNothing(dataset.getBatch)) declareOwn(this.getBatch);
  }

  get length(): number {
    return this.indices.length;
  }

  get workerSource(): BuiltInSource {
    return { builtIn: "Subset", args: [this.dataset, this.indices] };
  }

  get(index: number, sample?: Sample): TItem | Promise<TItem> {
    return this.dataset.get(this.#indexAt(index), sample);
  }

  #indexAt(position: number): number {
    checkIndex(position, this.length);
    return this.indices[position] ?? 0;
  }
}

/**
 * Splits a dataset at random into parts that share no item.
 * @param lengths items per part, or fractions that add up to 1 (each part gets the floor; what is left goes to the
 *   first parts, one each)
 * @param options `seed` makes the split independent of `seedEverything`; `generator` draws it
 */
export function randomSplit<TItem, const TLengths extends readonly number[]>(
  dataset: Dataset<TItem>,
  lengths: TLengths,
  options?: SeedOptions,
): { -readonly [TKey in keyof TLengths]: Subset<TItem> };
export function randomSplit(dataset: Dataset<unknown>, lengths: readonly number[], options: SeedOptions = {}): unknown {
  checkSeed("randomSplit", options);
  const counts = countsOf(lengths, dataset.length);
  const { seed, generator = RandomStream.named("split") } = options;
  const stream = seed === undefined ? generator : RandomStream.fromSeed(seed, "split");
  const order = [...stream.permutation(dataset.length)];
  let start = 0;
  return counts.map((count) => {
    const part = new Subset(dataset, order.slice(start, start + count));
    start += count;
    return part;
  });
}

function countsOf(lengths: readonly number[], total: number): readonly number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  const isFractions =
    Math.abs(sum - 1) < 1e-9 &&
    lengths.every((length) => length >= 0 && length <= 1) &&
    !(total === 1 && lengths.every(Number.isInteger));
  if (isFractions) {
    const counts = lengths.map((fraction) => Math.floor(total * fraction));
    const rest = total - counts.reduce((a, b) => a + b, 0);
    return counts.map((count, i) => count + Math.floor(rest / counts.length) + (i < rest % counts.length ? 1 : 0));
  }
  if (sum === total && lengths.every((length) => Number.isInteger(length) && length >= 0)) return lengths;
  throw new MisconfigurationError({
    message: "randomSplit cannot split like this.",
    expected: `item counts that add up to ${total}, or fractions that add up to 1`,
    received: `[${lengths.join(", ")}]`,
  });
}
