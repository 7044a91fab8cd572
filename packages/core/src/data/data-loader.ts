import { classNameOf } from "../errors/class-name.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { isCount } from "../errors/saved-numbers.js";
import { refusePromise } from "../tree/refuse-promise.js";
import { ArrayDataset } from "./array-dataset.js";
import { BatchMemory } from "./batch-memory.js";
import { readAhead, type BatchReader } from "./batch-reader.js";
import type { Collated } from "./collated.js";
import { checkDataset, checkLoaderOptions, type DataLoaderOptions, type LoaderOptions } from "./data-loader-options.js";
import type { Dataset, IterableDataset, IterableDatasetState } from "./dataset.js";
import { IndexedBatchReader, batchFetcher } from "./indexed-batch-reader.js";
import { itemJoiner } from "./item-joiner.js";
import { IterableBatchReader } from "./iterable-batch-reader.js";
import { LentBatches } from "./lent-batches.js";
import { epochSeed, samplesOf } from "./sample.js";
import { BatchSampler } from "./samplers/batch-sampler.js";
import { RandomSampler } from "./samplers/random-sampler.js";
import type { BatchIndices, Sampler, SamplerState } from "./samplers/sampler.js";
import { SequentialSampler } from "./samplers/sequential-sampler.js";
import type { ComparableBatch } from "./to-device.js";
import { finisherOf, workerFetcher } from "./workers/worker-fetcher.js";
import { workerOptions } from "./workers/worker-options.js";
import { WorkerKeeper } from "./workers/worker-keeper.js";
import { WorkersIterableReader } from "./workers/workers-iterable-reader.js";

/** Which batch of which epoch comes next, as plain data. */
export interface DataLoaderState {
  readonly version: 1;
  readonly epoch: number;
  /** Batches of this epoch that were handed out. */
  readonly position: number;
  /** The order that was drawn; null draws a new one. */
  readonly sampler?: SamplerState | null | undefined;
  readonly dataset?: IterableDatasetState | undefined;
}

const DEFAULT_CONCURRENCY = 16;

interface Cursor {
  epoch: number;
  position: number;
  datasetState: IterableDatasetState | undefined;
  /** Whether the next iteration begins here; otherwise one is under way or was broken off. */
  isNext: boolean;
}

/** What items come from. */
export type DataOf<TItem> = Dataset<TItem> | IterableDataset<TItem> | readonly TItem[];

/**
 * Batches of a dataset, an epoch per iteration: `for await (const batch of loader)`.
 * Batches are host data (`tf.TensorBuffer`s); `toDevice`, Fabric and the Trainer upload them.
 * Each iteration is one epoch further than the last, unless `setEpoch` says otherwise; a shuffled epoch's order depends
 * on the seed and the epoch's number alone, so `state()` is a few numbers and `restore()` goes on with exactly the next
 * batch.
 * @throws DatasetError from the iteration when the dataset or the sampler fails, naming the index; never ends an epoch
 *   early
 * @example
 * ```ts
 * import { DataLoader, TensorDataset, tf } from "@lightning-ts/core";
 *
 * const images = tf.buffer<tf.Rank.R2>([100, 4], "float32");
 * const labels = Int32Array.from({ length: 100 }, (_, i) => i % 3);
 * const loader = new DataLoader(new TensorDataset(images, labels), { batchSize: 32, shuffle: true, dropLast: true });
 * for await (const [x, y] of loader) console.log(x.shape, y.shape); // [32, 4] [32], three times
 * ```
 */
export interface DataLoader<TItem, TBatch = Collated<TItem>> extends AsyncIterable<TBatch> {
  /** For the compiler, and never there: a batch on the device, so that messages name batches instead of iterators. */
  readonly batchType: ComparableBatch<TBatch>;
  readonly dataset: Dataset<TItem> | IterableDataset<TItem>;
  /** Items per batch; a custom batch sampler's batches may differ. */
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** Undefined for iterable datasets. */
  readonly batchSampler: BatchIndices | undefined;
  /** Batches per epoch; `Infinity` where an iterable dataset does not know its length. */
  readonly length: number;
  /** What chooses the items, unless a batch sampler of your own does. */
  readonly sampler: Sampler | undefined;
  /** A new loader of the same dataset with some options changed; a new sampler replaces `shuffle`. */
  withOptions(changes: LoaderOptions): DataLoader<TItem, TBatch>;
  /** A new loader of the same dataset whose items another sampler chooses. */
  withSampler(sampler: Sampler): DataLoader<TItem, TBatch>;
  /**
   * Sets the epoch of the next iteration. Setting the one that is next anyway changes nothing, so that a restored
   * position stays; any other starts at its first batch.
   */
  setEpoch(epoch: number): void;
  /**
   * The position, to go on from later. Inside the loop that is after the batches handed out so far, also after a
   * `break`; after the loop it is the next epoch.
   */
  state(): DataLoaderState;
  /** Ends the threads that `persistentWorkers` keeps; the next iteration starts others. */
  shutdownWorkers(): Promise<void>;
  /**
   * Goes back to a position: the next iteration gives what was left when `state` was taken. Batches before it are not
   * fetched.
   */
  restore(state: DataLoaderState): void;
  [Symbol.asyncIterator](): AsyncGenerator<TBatch, void, undefined>;
}

/** A loader whose batches `defaultCollate` makes. */
export interface LoaderOf<TItem> extends DataLoader<TItem, CollatedOrAny<TItem>> {}

/** What nobody has typed. */
type Untyped = ReturnType<typeof JSON.parse>;

/** Items that nobody has typed, or of a dataset that nobody has, make batches that fit everywhere. */
type CollatedOrAny<TItem> = unknown extends TItem ? Untyped : Collated<TItem>;

/** Options of a loader whose batches `defaultCollate` makes. */
interface OptionsWithoutCollate extends LoaderOptions {
  readonly collate?: undefined;
}

/** The class of loaders. Two signatures: a batch's type comes from the items, never from where the loader is used. */
interface DataLoaderClass {
  new <TItem>(dataset: DataOf<TItem>, options?: OptionsWithoutCollate): LoaderOf<TItem>;
  new <TItem, TBatch>(dataset: DataOf<TItem>, options?: DataLoaderOptions<TItem, TBatch>): DataLoader<TItem, TBatch>;
}

/** A DataLoader's iteration out of memory of its own; set by the class. */
let lendFrom: (loader: object) => LentBatches<unknown> | undefined;

export const DataLoader: DataLoaderClass = class<TItem, TBatch> implements AsyncIterable<TBatch> {
  declare readonly batchType: ComparableBatch<TBatch>;
  readonly dataset: Dataset<TItem> | IterableDataset<TItem>;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly batchSampler: BatchIndices | undefined;
  readonly #open: (cursor: Cursor, memory?: BatchMemory) => BatchReader<TBatch> | Promise<BatchReader<TBatch>>;
  readonly #options: DataLoaderOptions<TItem, TBatch>;
  readonly #workers: WorkerKeeper | undefined;
  #cursor: Cursor = { epoch: 0, position: 0, datasetState: undefined, isNext: true };

  constructor(dataset: DataOf<TItem>, options: DataLoaderOptions<TItem, TBatch> = {}) {
    const source = isList(dataset) ? new ArrayDataset(dataset) : dataset;
    const isIterable = isIterableDataset(source);
    checkLoaderOptions(options, isIterable);
    this.dataset = source;
    this.#options = options;
    const workers = keeperOf(source, options);
    this.#workers = workers;
    if (isIterable) {
      this.batchSize = options.batchSize ?? 1;
      this.dropLast = options.dropLast ?? false;
      this.#open = (cursor, memory) =>
        workers === undefined
          ? openIterable(source, options, cursor, memory)
          : openIterableInWorkers(source, options, cursor, workers);
    } else {
      checkDataset(source);
      const batchSampler = options.batchSampler ?? makeBatchSampler(source, options);
      this.batchSampler = batchSampler;
      this.batchSize = batchSampler instanceof BatchSampler ? batchSampler.batchSize : 1;
      this.dropLast = batchSampler instanceof BatchSampler && batchSampler.dropLast;
      this.#open = (cursor, memory) => openIndexed(source, { batchSampler, options, cursor, workers, memory });
    }
  }

  get length(): number {
    if (this.batchSampler !== undefined) return this.batchSampler.length;
    const batches = (this.dataset.length ?? Number.POSITIVE_INFINITY) / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  get sampler(): Sampler | undefined {
    return this.batchSampler instanceof BatchSampler ? this.batchSampler.sampler : undefined;
  }

  withOptions(changes: LoaderOptions): DataLoader<TItem, TBatch> {
    const { batchSampler, ...kept } = this.#options;
    if (changes.batchSampler !== undefined)
      return new DataLoader<TItem, TBatch>(this.dataset, {
        ...kept,
        batchSize: undefined,
        dropLast: undefined,
        sampler: undefined,
        shuffle: undefined,
        ...changes,
      });
    if (batchSampler !== undefined && !(batchSampler instanceof BatchSampler)) {
      throw new MisconfigurationError({
        message: "A loader with a batch sampler of its own cannot take another sampler.",
        tryThis: "a BatchSampler, or changing the batch sampler itself.",
      });
    }
    const sizes =
      batchSampler === undefined
        ? {}
        : { batchSize: batchSampler.batchSize, dropLast: batchSampler.dropLast, sampler: batchSampler.sampler };
    const order = changes.sampler === undefined ? {} : { shuffle: undefined };
    const unsampled = changes.shuffle === undefined ? {} : { sampler: undefined };
    // Each of them replaces the other.
    const seeds =
      changes.seed === undefined && changes.generator === undefined ? {} : { seed: undefined, generator: undefined };
    return new DataLoader<TItem, TBatch>(this.dataset, {
      ...kept,
      ...sizes,
      ...order,
      ...unsampled,
      ...seeds,
      ...changes,
    });
  }

  withSampler(sampler: Sampler): DataLoader<TItem, TBatch> {
    return this.withOptions({ sampler });
  }

  setEpoch(epoch: number): void {
    if (this.#cursor.isNext && this.#cursor.epoch === epoch) return;
    this.#cursor = { epoch, position: 0, datasetState: undefined, isNext: true };
  }

  state(): DataLoaderState {
    const { epoch, position, datasetState } = this.#cursor;
    const sampler = refusePromise(this.batchSampler?.state?.(), this.#named("state"));
    return { version: 1, epoch, position, sampler, dataset: datasetState };
  }

  /** A method of the batch sampler, or of the sampler inside it, for messages. */
  #named(method: string): string {
    return `${classNameOf(this.sampler ?? this.batchSampler ?? this)}.${method}`;
  }

  restore(state: DataLoaderState): void {
    if (
      typeof state !== "object" ||
      state === null ||
      state.version !== 1 ||
      !isCount(state.epoch) ||
      !isCount(state.position) ||
      (state.sampler !== undefined && typeof state.sampler !== "object")
    ) {
      throw new MisconfigurationError({
        message: "A DataLoader cannot be restored from this state.",
        expected: "version 1 with an epoch and a position",
        received: JSON.stringify(state),
      });
    }
    if (state.sampler !== undefined && state.sampler !== null)
      refusePromise(this.batchSampler?.restore?.(state.sampler), this.#named("restore"));
    this.#cursor = { epoch: state.epoch, position: state.position, datasetState: state.dataset, isNext: true };
  }

  /** How many batches are read ahead. Workers that read iterable datasets do so themselves. */
  get #depth(): number {
    const { prefetch = 0 } = this.#options;
    return this.batchSampler === undefined ? prefetch : Math.max(prefetch, this.#workers?.batchesAhead ?? 0);
  }

  async shutdownWorkers(): Promise<void> {
    await this.#workers?.stop();
  }

  [Symbol.asyncIterator](): AsyncGenerator<TBatch, void, undefined> {
    return this.#iterate();
  }

  static {
    lendFrom = (loader) => {
      if (!(#iterate in loader)) return undefined;
      const memory = new BatchMemory();
      return new LentBatches(loader.#iterate(memory), memory);
    };
  }

  async *#iterate(memory?: BatchMemory): AsyncGenerator<TBatch, void, undefined> {
    const { epoch, position, datasetState, isNext } = this.#cursor;
    const cursor: Cursor = isNext
      ? { epoch, position, datasetState, isNext: false }
      : { epoch: epoch + 1, position: 0, datasetState: undefined, isNext: false };
    this.#cursor = cursor;
    const reader = await this.#open(cursor, memory);
    for await (const fetched of readAhead(reader, this.#depth)) {
      cursor.position += 1;
      cursor.datasetState = fetched.datasetState;
      yield fetched.batch;
    }
    if (this.#cursor === cursor)
      this.#cursor = { epoch: cursor.epoch + 1, position: 0, datasetState: undefined, isNext: true };
  }
};

/**
 * Iterates for a caller that moves each batch to the device before anybody else sees it, and then calls
 * `giveBackBatch`. The batches of a `DataLoader` itself are made in the memory of those that were given back.
 */
export function lendBatches<TBatch>(source: AsyncIterable<TBatch>): LentBatches<TBatch>;
export function lendBatches(source: AsyncIterable<unknown>): LentBatches<unknown> {
  const isOwn = source[Symbol.asyncIterator] === Reflect.get(DataLoader.prototype, Symbol.asyncIterator);
  return (isOwn ? lendFrom(source) : undefined) ?? new LentBatches(source[Symbol.asyncIterator](), undefined);
}

interface IndexedParts<TItem, TBatch> {
  readonly batchSampler: BatchIndices;
  readonly options: DataLoaderOptions<TItem, TBatch>;
  readonly cursor: Cursor;
  readonly workers: WorkerKeeper | undefined;
  readonly memory: BatchMemory | undefined;
}

function openIndexed<TItem, TBatch>(
  dataset: Dataset<TItem>,
  { batchSampler: batchIndices, options, cursor: { epoch, position }, workers, memory }: IndexedParts<TItem, TBatch>,
): BatchReader<TBatch> {
  refusePromise(batchIndices.setEpoch?.(epoch), `${classNameOf(batchIndices)}.setEpoch`);
  const { collate, concurrency = DEFAULT_CONCURRENCY } = options;
  const lent = workers?.lend(epoch);
  const fetch =
    lent === undefined
      ? batchFetcher<TItem, TBatch>(dataset, { collate, concurrency, sampleOf: samplesOf(epochSeed(epoch)), memory })
      : workerFetcher<TBatch>(lent.pool, { epoch, start: position }, finisherOf<TItem, TBatch>(collate));
  const reader = new IndexedBatchReader(dataset, batchIndices, fetch, lent?.giveBack);
  reader.skip(position);
  return reader;
}

async function openIterable<TItem, TBatch>(
  dataset: IterableDataset<TItem>,
  options: DataLoaderOptions<TItem, TBatch>,
  { epoch, position, datasetState }: Cursor,
  memory: BatchMemory | undefined,
): Promise<BatchReader<TBatch>> {
  const { batchSize = 1, dropLast = false, collate } = options;
  await dataset.setEpoch?.(epoch);
  const restores = datasetState !== undefined && dataset.restore !== undefined;
  if (datasetState !== undefined) await dataset.restore?.(datasetState);
  const reader = new IterableBatchReader(dataset, {
    batchSize,
    dropLast,
    join: itemJoiner<TItem, TBatch>(collate, memory),
  });
  if (!restores) await reader.skip(position);
  return reader;
}

/** An iterable dataset's part of each worker, taken in turn. */
async function openIterableInWorkers<TItem, TBatch>(
  dataset: IterableDataset<TItem>,
  options: DataLoaderOptions<TItem, TBatch>,
  { epoch, position, datasetState }: Cursor,
  workers: WorkerKeeper,
): Promise<BatchReader<TBatch>> {
  const { pool, giveBack } = workers.lend(epoch);
  const finish = finisherOf<TItem, TBatch>(options.collate);
  const reader = new WorkersIterableReader(pool, workers.prefetchFactor, finish, giveBack);
  try {
    const restores = datasetState !== undefined && dataset.restore !== undefined;
    await reader.open(epoch, restores ? datasetState : undefined);
    if (!restores) await reader.skip(position);
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** The threads of a loader; undefined where it has none. */
function keeperOf<TItem, TBatch>(
  dataset: DataOf<TItem>,
  options: DataLoaderOptions<TItem, TBatch>,
): WorkerKeeper | undefined {
  const workers = workerOptions(options);
  if (workers.numWorkers === 0) return undefined;
  const { batchSize = 1, dropLast = false, collate, concurrency = DEFAULT_CONCURRENCY } = options;
  return new WorkerKeeper({ ...workers, dataset, concurrency, collates: collate === undefined, batchSize, dropLast });
}

function makeBatchSampler<TItem, TBatch>(
  dataset: Dataset<TItem>,
  options: DataLoaderOptions<TItem, TBatch>,
): BatchSampler {
  const { sampler, shuffle, seed, generator, batchSize, dropLast } = options;
  return new BatchSampler(
    sampler ?? (shuffle === true ? new RandomSampler(dataset, { seed, generator }) : new SequentialSampler(dataset)),
    { batchSize, dropLast },
  );
}

function isList<TItem>(
  dataset: Dataset<TItem> | IterableDataset<TItem> | readonly TItem[],
): dataset is readonly TItem[] {
  return Array.isArray(dataset);
}

function isIterableDataset<TItem>(dataset: Dataset<TItem> | IterableDataset<TItem>): dataset is IterableDataset<TItem> {
  return Symbol.asyncIterator in Object(dataset);
}
