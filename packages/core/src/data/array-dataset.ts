import type { Dataset } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import type { BuiltInSource } from "./workers/worker-source.js";

/**
 * The items of an array.
 * @example
 * ```ts
 * import { ArrayDataset, DataLoader } from "@lightning-ts/core";
 *
 * const loader = new DataLoader(new ArrayDataset([{ x: 1 }, { x: 2 }, { x: 3 }]), { batchSize: 2 });
 * for await (const { x } of loader) console.log(x.values); // 1 and 2, then 3
 * ```
 */
export class ArrayDataset<TItem> implements Dataset<TItem> {
  readonly #items: readonly TItem[];

  constructor(items: readonly TItem[]) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length;
  }

  get workerSource(): BuiltInSource {
    return { builtIn: "ArrayDataset", args: [this.#items] };
  }

  get(index: number): TItem {
    for (const item of this.#items.slice(index, index + 1)) return item;
    throw new DatasetError({
      message: "There is no item with this index.",
      index,
      expected: `an integer from 0 to ${this.length - 1}`,
      received: String(index),
    });
  }
}
