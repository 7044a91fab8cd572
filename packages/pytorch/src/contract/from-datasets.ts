import { DataLoader, type Dataset, type IterableDataset } from "@lightning-ts/core";
import type { BatchSources } from "../data/combined-loader.js";
import type { BatchSource } from "../words/batch-source.js";
import type { LightningDataModule } from "./lightning-data-module.js";

type AnyDataset<TItem> = Dataset<TItem> | IterableDataset<TItem>;

/** Datasets of a data module; only those given get a loader. */
export interface DatasetsOptions<TItem> {
  readonly train?: AnyDataset<TItem> | readonly AnyDataset<TItem>[] | undefined;
  readonly val?: AnyDataset<TItem> | readonly AnyDataset<TItem>[] | undefined;
  readonly test?: AnyDataset<TItem> | readonly AnyDataset<TItem>[] | undefined;
  readonly predict?: AnyDataset<TItem> | readonly AnyDataset<TItem>[] | undefined;
  /** @default 1 */
  readonly batchSize?: number | undefined;
}

/** A subclass of the data module class with a loader for each dataset. */
export function makeFromDatasets<TItem>(
  base: typeof LightningDataModule,
  options: DatasetsOptions<TItem>,
): LightningDataModule {
  const { train, val, test, predict, batchSize } = options;
  class DatasetsModule extends base {}
  const module = new DatasetsModule();
  const several = (datasets: AnyDataset<TItem> | readonly AnyDataset<TItem>[]): BatchSources<unknown> =>
    isList(datasets)
      ? datasets.map((dataset) => loaderOf(dataset, false, batchSize))
      : loaderOf(datasets, false, batchSize);
  const shuffled = (dataset: AnyDataset<TItem>) => loaderOf(dataset, !(Symbol.asyncIterator in dataset), batchSize);
  if (train !== undefined) module.trainDataloader = () => (isList(train) ? train.map(shuffled) : shuffled(train));
  if (val !== undefined) module.valDataloader = () => several(val);
  if (test !== undefined) module.testDataloader = () => several(test);
  if (predict !== undefined) module.predictDataloader = () => several(predict);
  return module;
}

function loaderOf<TItem>(
  dataset: AnyDataset<TItem>,
  shuffle: boolean,
  batchSize: number | undefined,
): BatchSource<unknown> {
  return new DataLoader(dataset, shuffle ? { shuffle, batchSize } : { batchSize });
}

function isList<TItem>(
  datasets: AnyDataset<TItem> | readonly AnyDataset<TItem>[],
): datasets is readonly AnyDataset<TItem>[] {
  return Array.isArray(datasets);
}
