import type { IterableDatasetState } from "./dataset.js";

/** A batch and, where the dataset tells, where the dataset stood after it. */
export interface FetchedBatch<TBatch> {
  readonly batch: TBatch;
  readonly datasetState?: IterableDatasetState | undefined;
}

/** Reads the batches of one epoch in order. */
export interface BatchReader<TBatch> {
  /** Begins to read the next batch; `undefined` at the end. May be called again before the last promise has settled. */
  next(): Promise<FetchedBatch<TBatch> | undefined>;
  close(): Promise<void>;
}

/** Hands out what a reader reads, with up to `depth` batches read ahead; a failure comes at its batch's turn. */
export async function* readAhead<TBatch>(
  reader: BatchReader<TBatch>,
  depth: number,
): AsyncGenerator<FetchedBatch<TBatch>, void, undefined> {
  const pending: Promise<FetchedBatch<TBatch> | undefined>[] = [];
  const fill = (count: number): void => {
    while (pending.length < count) {
      const promise = reader.next();
      promise.catch(() => undefined); // Reported when its turn comes; until then it must not count as unhandled.
      pending.push(promise);
    }
  };
  try {
    for (;;) {
      fill(1);
      const fetched = await pending.shift();
      if (fetched === undefined) return;
      fill(depth);
      yield fetched;
    }
  } finally {
    await reader.close();
  }
}
