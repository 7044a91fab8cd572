import type { Collated } from "./collated.js";
import type { Sample } from "./sample.js";
import type { BuiltInSource, WorkerSource } from "./workers/worker-source.js";

/**
 * Items that can be fetched by number. Items are host data: numbers, strings, typed arrays, `tf.TensorBuffer`s, and
 * arrays and objects of them.
 */
export interface Dataset<TItem> {
  readonly length: number;
  /**
   * @param index 0 … length-1
   * @param sample what a loader tells of the item: random numbers for it, for example. Undefined where nobody tells
   */
  get(index: number, sample?: Sample): TItem | Promise<TItem>;
  /** The collated batch of several items; a loader without its own `collate` prefers it to `get`. */
  getBatch?(indices: readonly number[]): Collated<TItem> | Promise<Collated<TItem>>;
  /** How the worker threads of a loader with `numWorkers` make this dataset. */
  readonly workerSource?: WorkerSource | BuiltInSource | undefined;
}

/** Where an iterable dataset is, as plain data. */
export type IterableDatasetState = Readonly<Record<string, unknown>>;

/**
 * Items that come one after another, from a stream or an endless source. Each iteration is one epoch.
 * With `state` and `restore` a loader resumes in the middle of an epoch without reading what came before;
 * without them it reads and drops it.
 * @example
 * ```ts
 * import { DataLoader, IterableDataset } from "@lightning-ts/core";
 *
 * class Squares extends IterableDataset<number> {
 *   override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
 *     for (let i = 0; i < 5; i += 1) yield i * i;
 *   }
 * }
 * for await (const batch of new DataLoader(new Squares(), { batchSize: 2 })) console.log(batch);
 * ```
 */
export abstract class IterableDataset<TItem> implements AsyncIterable<TItem> {
  /** How many items an epoch has, where that is known. */
  get length(): number | undefined {
    return undefined;
  }

  /** How the worker threads of a loader with `numWorkers` make this dataset. */
  declare readonly workerSource?: WorkerSource | BuiltInSource | undefined;

  abstract [Symbol.asyncIterator](): AsyncIterator<TItem>;
  /** Called before each epoch. */
  setEpoch?(epoch: number): void | Promise<void>;
  /** Describes what the next item is. */
  state?(): IterableDatasetState | Promise<IterableDatasetState>;
  /** The next iteration starts at the item that `state` described. */
  restore?(state: IterableDatasetState): void | Promise<void>;
}
