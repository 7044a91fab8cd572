import type { Dataset } from "../dataset.js";

/** Says that no item's `get` is running. */
const NONE = -1;

/** One number in memory that a worker shares with its loader; undefined where threads cannot share memory. */
export type SharedItem = Float64Array<SharedArrayBuffer>;

export function sharedItem(): SharedItem | undefined {
  if (typeof SharedArrayBuffer === "undefined") return undefined;
  return new Float64Array(new SharedArrayBuffer(8)).fill(NONE);
}

/** The index whose `get` runs in the worker, or ran when the worker ended. */
export function itemInWork(item: SharedItem | undefined): number | undefined {
  const index = item?.[0] ?? NONE;
  return index === NONE ? undefined : index;
}

/**
 * The dataset, telling the loader which item is being made: a worker that hangs or is ended cannot say it any more.
 * What an asynchronous `get` does after it returned is not told, because several wait at a time.
 */
export function tellingItems<TItem>(dataset: Dataset<TItem>, item: SharedItem | undefined): Dataset<TItem> {
  if (item === undefined) return dataset;
  return {
    length: dataset.length,
    ...(dataset.getBatch === undefined ? {} : { getBatch: dataset.getBatch.bind(dataset) }),
    get: (index, sample) => {
      item[0] = index;
      try {
        return dataset.get(index, sample);
      } finally {
        item[0] = NONE;
      }
    },
  };
}
