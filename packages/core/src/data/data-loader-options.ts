import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { DatasetError } from "./dataset-error.js";
import type { RandomStream } from "../random/random-stream.js";
import type { BatchIndices, Sampler } from "./samplers/sampler.js";
import { checkSeed } from "./samplers/seeded-sampler.js";
import type { ModuleExport } from "./workers/worker-source.js";

/** Options of a loader, apart from how items become a batch. */
export interface LoaderOptions {
  /** Items per batch. @default 1 */
  readonly batchSize?: number | undefined;
  /** Visit the items in another random order each epoch. @default false */
  readonly shuffle?: boolean | undefined;
  /**
   * Fixes the order of every epoch of a shuffled loader. @default drawn from the stream "shuffle", which
   * `seedEverything` seeds
   */
  readonly seed?: number | undefined;
  /** The seed of a shuffled loader is its next number; excludes `seed`. @default the stream "shuffle" */
  readonly generator?: RandomStream | undefined;
  /** Chooses the items; excludes `shuffle`. @default all items in order */
  readonly sampler?: Sampler | undefined;
  /** Chooses the items of each batch; excludes `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: BatchIndices | undefined;
  /** Leave out a last batch that is smaller. @default false */
  readonly dropLast?: boolean | undefined;
  /**
   * How many batches to read ahead while the current one is used. Worth it for datasets that wait for files or the
   * network. A dataset that draws from the named random streams draws ahead, too. @default 0
   */
  readonly prefetch?: number | undefined;
  /** How many calls of an asynchronous `get` may wait at a time within a batch. @default 16 */
  readonly concurrency?: number | undefined;
  /**
   * For code that comes from PyTorch. It changes nothing: batches are in memory of the process that the engine reads as
   * it is. What a GPU copies out of is the accelerator's business: `accelerator: cuda({ pinMemory: true })`.
   * @default false
   */
  readonly pinMemory?: boolean | undefined;
  /**
   * How many worker threads make the batches. The dataset says with `workerSource` how a worker makes its own copy;
   * `collate` runs here, `getBatch` of the dataset in the workers. Batches and their order are the same for any number
   * of them. @default 0
   */
  readonly numWorkers?: number | undefined;
  /** How many batches each worker makes ahead. @default 2 */
  readonly prefetchFactor?: number | undefined;
  /** Keep the workers, and their datasets, from one epoch to the next. @default false */
  readonly persistentWorkers?: boolean | undefined;
  /**
   * How long a worker may take for a batch, in seconds, before it is ended and named; its start may take a minute. 0
   * for any time. @default 0
   */
  readonly timeout?: number | undefined;
  /**
   * A function that each worker imports and calls with its number before the first batch: the URL of a module and the
   * name of its export, without a name its default export. Functions themselves cannot be sent to workers.
   */
  readonly workerInitFn?: string | URL | ModuleExport | undefined;
}

export interface DataLoaderOptions<TItem, TBatch> extends LoaderOptions {
  /** Makes a batch of items. @default `defaultCollate` */
  readonly collate?: ((items: TItem[]) => TBatch | Promise<TBatch>) | undefined;
}

const KNOWN = [
  "batchSize",
  "shuffle",
  "seed",
  "generator",
  "sampler",
  "batchSampler",
  "dropLast",
  "collate",
  "prefetch",
  "concurrency",
  "pinMemory",
  "numWorkers",
  "prefetchFactor",
  "persistentWorkers",
  "timeout",
  "workerInitFn",
];

/** @throws MisconfigurationError for options that are unknown, out of range or exclude each other */
export function checkLoaderOptions(options: DataLoaderOptions<never, unknown>, isIterable: boolean): void {
  rejectUnknownOptions("DataLoader", options, KNOWN);
  checkInteger("batchSize", options.batchSize, 1);
  checkInteger("prefetch", options.prefetch, 0);
  checkInteger("concurrency", options.concurrency, 1);
  checkMethod("sampler", options.sampler, "indices");
  checkMethod("batchSampler", options.batchSampler, "batches");
  checkSeed("DataLoader", options);
  if (options.pinMemory !== undefined && typeof options.pinMemory !== "boolean")
    throw new MisconfigurationError({
      message: "DataLoader's pinMemory is not usable.",
      expected: "true or false; both mean the same",
      received: describeValue(options.pinMemory),
    });
  const { shuffle, sampler, batchSampler, batchSize, dropLast } = options;
  if (shuffle === true && sampler !== undefined)
    reject("shuffle and sampler exclude each other", "a RandomSampler as the sampler, or only shuffle.");
  if (
    batchSampler !== undefined &&
    (sampler !== undefined || shuffle === true || batchSize !== undefined || dropLast === true)
  ) {
    reject("batchSampler excludes batchSize, shuffle, sampler and dropLast", "these on the batch sampler itself.");
  }
  if (isIterable && (shuffle === true || sampler !== undefined || batchSampler !== undefined)) {
    reject(
      "an iterable dataset has its own order, so shuffle, sampler and batchSampler do not apply",
      "shuffling inside the dataset.",
    );
  }
}

function checkInteger(name: string, value: number | undefined, minimum: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= minimum)) return;
  throw new MisconfigurationError({
    message: `DataLoader's ${name} is not usable.`,
    expected: `an integer of at least ${minimum}`,
    received: String(value),
  });
}

/** @throws DatasetError for what gives no items, such as a dataset with the method names of Python */
export function checkDataset(dataset: unknown): void {
  const { length, get, getBatch } = Object(dataset);
  const hasItems = typeof get === "function" || typeof getBatch === "function";
  if (hasItems && typeof length === "number" && length >= 0) return;
  throw new DatasetError({
    message: hasItems
      ? `DataLoader's dataset has no usable length: it is ${describeValue(length)}.`
      : "DataLoader's dataset is not usable.",
    expected: "an array, an object with get(index) and the number length, or one with [Symbol.asyncIterator]()",
    ...(hasItems ? { tryThis: "get length() { … }, or a field." } : { received: describeValue(dataset) }),
  });
}

/** Samplers of Python are iterable themselves. */
function checkMethod(name: string, value: object | undefined, method: string): void {
  if (value === undefined || typeof Reflect.get(Object(value), method) === "function") return;
  throw new MisconfigurationError({
    message: `DataLoader's ${name} is not usable.`,
    expected: `an object with length and ${method}()`,
    received: describeValue(value),
  });
}

function reject(reason: string, tryThis: string): never {
  throw new MisconfigurationError({ message: `DataLoader: ${reason}.`, tryThis });
}
