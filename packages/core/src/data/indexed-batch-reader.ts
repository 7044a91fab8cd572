import { isPromiseLike } from "../tree/is-promise-like.js";
import type { BatchReader, FetchedBatch } from "./batch-reader.js";
import { makeBatch, type BatchMemory } from "./batch-memory.js";
import type { Collated } from "./collated.js";
import type { Dataset } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { fetchItems } from "./fetch-items.js";
import { itemJoiner } from "./item-joiner.js";
import { keepsNothing } from "./own-batches.js";
import type { SampleOf } from "./sample.js";
import type { BatchIndices } from "./samplers/sampler.js";

export type FetchBatch<TBatch> = (indices: readonly number[]) => TBatch | Promise<TBatch>;

interface FetchOptions<TItem, TBatch> {
  readonly collate?: ((items: TItem[]) => TBatch | Promise<TBatch>) | undefined;
  readonly concurrency: number;
  readonly sampleOf: SampleOf;
  /** Where batches come from that nobody else keeps. */
  readonly memory?: BatchMemory | undefined;
}

/**
 * How a loader makes the batch of some indices: without a `collate` by `getBatch` where there is one, else by the
 * default collate.
 */
export function batchFetcher<TItem, TBatch>(
  dataset: Dataset<TItem>,
  options: FetchOptions<TItem, TBatch>,
): FetchBatch<TBatch>;
export function batchFetcher<TItem>(
  dataset: Dataset<TItem>,
  { collate, concurrency, sampleOf, memory }: FetchOptions<TItem, unknown>,
): FetchBatch<unknown> {
  const getBatch: ((indices: readonly number[]) => Collated<TItem> | Promise<Collated<TItem>>) | undefined =
    dataset.getBatch?.bind(dataset);
  if (collate === undefined && getBatch !== undefined)
    return memory === undefined || !keepsNothing(dataset.getBatch)
      ? getBatch
      : (indices) => makeBatch(memory, () => getBatch(indices));
  const join = itemJoiner(collate, memory);
  return (indices) => {
    const items = fetchItems(dataset, indices, concurrency, sampleOf);
    return isPromiseLike(items) ? items.then((all) => join(all)) : join(items);
  };
}

/** Reads the batches of a map-style dataset. */
export class IndexedBatchReader<TBatch> implements BatchReader<TBatch> {
  readonly #dataset: { readonly length: number };
  readonly #fetch: FetchBatch<TBatch>;
  readonly #expected: number;
  readonly #batches: Iterator<readonly number[]>;
  readonly #end: (() => Promise<void>) | undefined;
  #taken = 0;

  /** @param end called when the reader is closed */
  constructor(
    dataset: { readonly length: number },
    batchIndices: BatchIndices,
    fetch: FetchBatch<TBatch>,
    end?: () => Promise<void>,
  ) {
    this.#end = end;
    this.#dataset = dataset;
    this.#fetch = fetch;
    this.#expected = batchIndices.length;
    this.#batches = batchIndices.batches()[Symbol.iterator]();
  }

  /** Passes over batches without fetching them. */
  skip(count: number): void {
    for (let i = 0; i < count; i += 1) this.#take();
  }

  async next(): Promise<FetchedBatch<TBatch> | undefined> {
    const indices = this.#take();
    if (indices === undefined) return undefined;
    for (const index of indices) this.#check(index);
    try {
      return { batch: await this.#fetch(indices) };
    } catch (error) {
      if (error instanceof DatasetError && (error.index ?? error.worker) !== undefined) throw error;
      throw DatasetError.ofBatch(indices, error);
    }
  }

  async close(): Promise<void> {
    this.#batches.return?.();
    await this.#end?.();
  }

  #take(): readonly number[] | undefined {
    const result = this.#batches.next();
    if (result.done !== true) {
      this.#taken += 1;
      return result.value;
    }
    if (this.#taken >= this.#expected) return undefined;
    throw new DatasetError({
      message: "The sampler ended before its epoch did.",
      expected: `${this.#expected} batches, as its length says`,
      received: `${this.#taken}`,
    });
  }

  #check(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.#dataset.length) return;
    throw new DatasetError({
      message: "The sampler asks for an item that the dataset does not have.",
      index,
      expected: `an index from 0 to ${this.#dataset.length - 1}`,
      received: String(index),
    });
  }
}
