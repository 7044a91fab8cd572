import type { CombinedLoader } from "../data/combined-loader.js";

/** Anything that yields batches and can be started again: a `DataLoader`, an array, any (async) iterable. */
export type BatchSource<TBatch> = AsyncIterable<TBatch> | Iterable<TBatch>;

/** One source or several. Evaluation runs several one after another. */
export type BatchSources<TBatch> = BatchSource<TBatch> | readonly BatchSource<TBatch>[] | CombinedLoader;

/** What a source can tell and do beyond yielding batches; `DataLoader` has all of it. */
export interface LoaderFeatures {
  readonly length?: number | undefined;
  setEpoch?(epoch: number): void;
  state?(): unknown;
  restore?(state: never): void;
}
