import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { isPromiseLike } from "../tree/is-promise-like.js";
import type { Collated } from "./collated.js";
import type { Dataset } from "./dataset.js";
import { checkIndex } from "./dataset-error.js";
import type { Sample } from "./sample.js";
import type { BuiltInSource } from "./workers/worker-source.js";

/** A dataset of items of any kind. */
interface AnyDataset {
  readonly length: number;
  get(index: number, sample?: Sample): unknown;
  getBatch?(indices: readonly number[]): unknown;
}

/** Datasets in a list or by name. */
export type StackedDatasets = readonly AnyDataset[] | Readonly<Record<string, AnyDataset>>;

/** The items of each of the datasets, in a list or by name. */
export type StackedItem<TDatasets extends StackedDatasets> = {
  -readonly [TKey in keyof TDatasets]: TDatasets[TKey] extends AnyDataset
    ? Awaited<ReturnType<TDatasets[TKey]["get"]>>
    : never;
};

/**
 * Datasets of one length side by side: each item has an item of each of them, in a list or by name.
 * @example
 * ```ts
 * import { ArrayDataset, StackDataset } from "@lightning-ts/core";
 *
 * const [words, sizes] = [new ArrayDataset(["one", "two"]), new ArrayDataset([1, 2])];
 * console.log(new StackDataset([words, sizes]).get(1)); // ["two", 2]
 * console.log(new StackDataset({ word: words, size: sizes }).get(0)); // { word: "one", size: 1 }
 * ```
 */
export class StackDataset<const TDatasets extends StackedDatasets> implements Dataset<StackedItem<TDatasets>> {
  readonly datasets: TDatasets;
  readonly length: number;
  /** Where all of the datasets make batches themselves. */
  readonly getBatch?: (
    indices: readonly number[],
  ) => Collated<StackedItem<TDatasets>> | Promise<Collated<StackedItem<TDatasets>>>;

  constructor(datasets: TDatasets) {
    this.datasets = datasets;
    this.length = commonLength(datasets);
    const getBatch = batchesOf(datasets);
    if (getBatch !== undefined) this.getBatch = getBatch;
  }

  get workerSource(): BuiltInSource {
    return { builtIn: "StackDataset", args: [this.datasets] };
  }

  get(index: number, sample?: Sample): StackedItem<TDatasets> | Promise<StackedItem<TDatasets>> {
    checkIndex(index, this.length);
    return sideBySide(this.datasets, (dataset) => dataset.get(index, sample));
  }
}

/** What each dataset gives, in the form in which the datasets were given; in a promise where one of them gives one. */
function sideBySide<TDatasets extends StackedDatasets, TParts>(
  datasets: TDatasets,
  ask: (dataset: AnyDataset) => unknown,
): TParts | Promise<TParts>;
function sideBySide(datasets: StackedDatasets, ask: (dataset: AnyDataset) => unknown): unknown {
  const names = Object.keys(datasets);
  const asked = Object.values(datasets).map(ask);
  const formed = (parts: readonly unknown[]): unknown =>
    Array.isArray(datasets) ? parts : Object.fromEntries(names.map((name, i) => [name, parts[i]]));
  return asked.some((part) => isPromiseLike(part)) ? Promise.all(asked).then(formed) : formed(asked);
}

function batchesOf<TDatasets extends StackedDatasets>(
  datasets: TDatasets,
): StackDataset<TDatasets>["getBatch"] | undefined {
  if (!Object.values(datasets).every(({ getBatch }) => getBatch !== undefined)) return undefined;
  return (indices) => sideBySide(datasets, (dataset) => dataset.getBatch?.(indices));
}

function commonLength(datasets: StackedDatasets): number {
  const lengths = Object.values(datasets).map(({ length }) => length);
  const [first] = lengths;
  if (first !== undefined && lengths.every((length) => length === first)) return first;
  throw new MisconfigurationError({
    message: "StackDataset puts items side by side.",
    expected: "at least one dataset, and all of one length",
    received: lengths.length === 0 ? "none" : `lengths ${lengths.join(", ")}`,
  });
}
