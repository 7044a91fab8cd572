import type { HostBatch } from "@lightning-ts/core";

/** A batch on the host, its number, and the number of its loader. */
export type IteratedBatch<TBatch> = readonly [batch: HostBatch<TBatch>, batchIdx: number, dataloaderIdx: number];

/**
 * What a step gets whose first parameter is called `dataloaderIter`: it takes as many batches as it wants and moves
 * them to the device itself, with `toDevice`.
 */
export interface DataloaderIterator<TBatch = unknown> extends AsyncIterableIterator<IteratedBatch<TBatch>> {
  next(): Promise<IteratorResult<IteratedBatch<TBatch>, undefined>>;
}
