import { makeBatch, type BatchMemory } from "./batch-memory.js";
import { defaultCollate } from "./default-collate.js";

/** Makes the batch of some items: the loader's `collate`, or the default one, out of `memory` where there is some. */
export function itemJoiner<TItem, TBatch>(
  collate: ((items: TItem[]) => TBatch | Promise<TBatch>) | undefined,
  memory: BatchMemory | undefined,
): (items: TItem[]) => TBatch | Promise<TBatch>;
export function itemJoiner<TItem>(
  collate: ((items: TItem[]) => unknown) | undefined,
  memory: BatchMemory | undefined,
): (items: TItem[]) => unknown {
  if (collate !== undefined) return collate;
  return (items) => (memory === undefined ? defaultCollate(items) : makeBatch(memory, () => defaultCollate(items)));
}
