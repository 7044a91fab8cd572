/** Anything that yields batches and can be started again: a `DataLoader`, an array, any (async) iterable. */
export type BatchSource<TBatch> = AsyncIterable<TBatch> | Iterable<TBatch>;

/** What a source can tell and do beyond yielding batches; `DataLoader` has all of it. */
export interface LoaderFeatures {
  readonly length?: number | undefined;
  setEpoch?(epoch: number): void;
  state?(): unknown;
  restore?(state: unknown): void;
  /** Ends worker threads that outlast an epoch. */
  shutdownWorkers?(): Promise<void>;
}
