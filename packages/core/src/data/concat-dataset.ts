import type { Dataset } from "./dataset.js";
import { checkIndex, DatasetError } from "./dataset-error.js";
import type { Sample } from "./sample.js";
import type { BuiltInSource } from "./workers/worker-source.js";

/**
 * Several datasets, one after another.
 * @example
 * ```ts
 * import { ArrayDataset, ConcatDataset } from "@lightning-ts/core";
 *
 * const all = new ConcatDataset([new ArrayDataset(["a", "b"]), new ArrayDataset(["c"])]);
 * console.log(all.length, all.get(2)); // 3 "c"
 * ```
 */
export class ConcatDataset<TItem> implements Dataset<TItem> {
  readonly datasets: readonly Dataset<TItem>[];
  readonly length: number;

  constructor(datasets: readonly Dataset<TItem>[]) {
    this.datasets = datasets;
    this.length = datasets.reduce((sum, dataset) => sum + dataset.length, 0);
  }

  get workerSource(): BuiltInSource {
    return { builtIn: "ConcatDataset", args: [this.datasets] };
  }

  get(index: number, sample?: Sample): TItem | Promise<TItem> {
    let position = index;
    for (const dataset of this.datasets) {
      if (position >= 0 && position < dataset.length) return dataset.get(position, sample);
      position -= dataset.length;
    }
    checkIndex(index, this.length);
    throw new DatasetError({
      message: `No dataset holds the item ${index}: a length changed after ConcatDataset was made.`,
      index,
    });
  }
}
