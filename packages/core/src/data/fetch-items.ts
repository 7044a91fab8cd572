import type { Dataset } from "./dataset.js";
import { isPromiseLike } from "../tree/is-promise-like.js";
import { DatasetError } from "./dataset-error.js";

/**
 * Gets the items of one batch, in order. Without a promise among them the result is no promise either;
 * otherwise at most `concurrency` calls of `get` wait at a time.
 * @throws DatasetError that names the index whose `get` threw or rejected
 */
export function fetchItems<TItem>(
  dataset: Dataset<TItem>,
  indices: readonly number[],
  concurrency: number,
): TItem[] | Promise<TItem[]> {
  const items: TItem[] = [];
  for (const index of indices) {
    const item = callGet(dataset, index);
    if (isPromiseLike(item)) return fetchRest(dataset, indices, items, item, concurrency);
    items.push(item);
  }
  return items;
}

function callGet<TItem>(dataset: Dataset<TItem>, index: number): TItem | PromiseLike<TItem> {
  try {
    return dataset.get(index);
  } catch (error) {
    throw DatasetError.atIndex(index, error);
  }
}

async function fetchRest<TItem>(
  dataset: Dataset<TItem>,
  indices: readonly number[],
  ready: readonly TItem[],
  pending: PromiseLike<TItem>,
  concurrency: number,
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
        items.set(position, await (waiting ?? callGet(dataset, index)));
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
