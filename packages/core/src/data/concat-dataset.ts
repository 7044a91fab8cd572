import type { Dataset } from "./dataset.js";
import { checkIndex, DatasetError } from "./dataset-error.js";

/** Several datasets, one after another. */
export class ConcatDataset<TItem> implements Dataset<TItem> {
  readonly datasets: readonly Dataset<TItem>[];
  readonly length: number;

  constructor(datasets: readonly Dataset<TItem>[]) {
    this.datasets = datasets;
    this.length = datasets.reduce((sum, dataset) => sum + dataset.length, 0);
  }

  get(index: number): TItem | Promise<TItem> {
    let position = index;
    for (const dataset of this.datasets) {
      if (position >= 0 && position < dataset.length) return dataset.get(position);
      position -= dataset.length;
    }
    checkIndex(index, this.length);
    throw new DatasetError({
      message: `No dataset holds the item ${index}: a length changed after ConcatDataset was made.`,
      index,
    });
  }
}
