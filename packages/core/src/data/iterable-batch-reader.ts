import type { BatchReader, FetchedBatch } from "./batch-reader.js";
import type { IterableDataset, IterableDatasetState } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";

export interface IterableReaderOptions<TItem, TBatch> {
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly join: (items: TItem[]) => TBatch | Promise<TBatch>;
}

/** Reads the batches of an iterable dataset: one item after another, batches one after another. */
export class IterableBatchReader<TItem, TBatch> implements BatchReader<TBatch> {
  readonly #dataset: IterableDataset<TItem>;
  readonly #iterator: AsyncIterator<TItem>;
  readonly #options: IterableReaderOptions<TItem, TBatch>;
  #itemsRead = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(dataset: IterableDataset<TItem>, options: IterableReaderOptions<TItem, TBatch>) {
    this.#dataset = dataset;
    this.#options = options;
    this.#iterator = dataset[Symbol.asyncIterator]();
  }

  /** Reads and drops batches: for datasets that cannot restore a state. */
  async skip(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.#readItems();
  }

  next(): Promise<FetchedBatch<TBatch> | undefined> {
    const batch = this.#last.then(() => this.#readBatch());
    this.#last = batch;
    return batch;
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined); // Whoever asked for that batch has its error.
    await this.#iterator.return?.();
  }

  async #readBatch(): Promise<FetchedBatch<TBatch> | undefined> {
    const items = await this.#readItems();
    if (items.length === 0 || (items.length < this.#options.batchSize && this.#options.dropLast)) return undefined;
    const datasetState: IterableDatasetState | undefined = await this.#dataset.state?.();
    return { batch: await this.#join(items), datasetState };
  }

  async #join(items: TItem[]): Promise<TBatch> {
    try {
      return await this.#options.join(items);
    } catch (error) {
      const first = this.#itemsRead - items.length;
      throw DatasetError.ofBatch(
        items.map((_, place) => first + place),
        error,
      );
    }
  }

  async #readItems(): Promise<TItem[]> {
    const items: TItem[] = [];
    while (items.length < this.#options.batchSize) {
      const result = await this.#readItem();
      if (result.done === true) break;
      items.push(result.value);
      this.#itemsRead += 1;
    }
    return items;
  }

  async #readItem(): Promise<IteratorResult<TItem>> {
    try {
      return await this.#iterator.next();
    } catch (error) {
      throw DatasetError.atIndex(this.#itemsRead, error);
    }
  }
}
