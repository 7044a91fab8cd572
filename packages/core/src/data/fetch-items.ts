import type { Dataset } from "./dataset.js";
import { isPromiseLike } from "../tree/is-promise-like.js";
import { DatasetError } from "./dataset-error.js";
import type { SampleOf } from "./sample.js";

/**
 * Gets the items of one batch, in order. Without a promise among them the result is no promise either;
 * otherwise at most `concurrency` calls of `get` wait at a time.
 * @throws DatasetError that names the index whose `get` threw or rejected
 */
export function fetchItems<TItem>(
  dataset: Dataset<TItem>,
  indices: readonly number[],
  concurrency: number,
  sampleOf: SampleOf,
): TItem[] | Promise<TItem[]> {
  const items: TItem[] = [];
  for (const index of indices) {
    const item = callGet(dataset, index, sampleOf);
    if (isPromiseLike(item)) return fetchRest(dataset, indices, { ready: items, pending: item, concurrency, sampleOf });
    items.push(item);
  }
  return items;
}

function callGet<TItem>(dataset: Dataset<TItem>, index: number, sampleOf: SampleOf): TItem | PromiseLike<TItem> {
  try {
    return dataset.get(index, sampleOf(index));
  } catch (error) {
    throw DatasetError.atIndex(index, error);
  }
}

/** A batch whose first items are there, and whose next one is awaited. */
interface Begun<TItem> {
  readonly ready: readonly TItem[];
  readonly pending: PromiseLike<TItem>;
  readonly concurrency: number;
  readonly sampleOf: SampleOf;
}

async function fetchRest<TItem>(
  dataset: Dataset<TItem>,
  indices: readonly number[],
  { ready, pending, concurrency, sampleOf }: Begun<TItem>,
): Promise<TItem[]> {
  const items = new Map<number, TItem>(ready.entries());
  let next = ready.length;
  let hasFailed = false;
  const lane = async (started?: PromiseLike<TItem>): Promise<void> => {
    let waiting: TItem | PromiseLike<TItem> | undefined = started;
    while (next < indices.length && !hasFailed) {
      const position = next;
      const index = indices[position] ?? 0;
      next += 1;
      try {
        items.set(position, await (waiting ?? callGet(dataset, index, sampleOf)));
        waiting = undefined;
      } catch (error) {
        hasFailed = true;
        throw error instanceof DatasetError ? error : DatasetError.atIndex(index, error);
      }
    }
  };
  await Promise.all([
    lane(pending),
    ...Array.from({ length: Math.min(concurrency, indices.length - next) - 1 }, () => lane()),
  ]);
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}
