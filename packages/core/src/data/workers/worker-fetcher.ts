import { someIndices } from "../dataset-error.js";
import type { FetchBatch } from "../indexed-batch-reader.js";
import { epochSeed } from "../sample.js";
import { unpack } from "./parcel.js";
import type { WorkerPool } from "./worker-pool.js";
import { batchSeed } from "./worker-seeds.js";

/** What a worker sent, as a batch: by the loader's own `collate` where it has one, which runs here. */
export type FinishBatch<TBatch> = (sent: unknown) => TBatch | Promise<TBatch>;

/**
 * Fetches batches in the workers of a pool, which take turns.
 * @param start number of the first batch in its epoch
 */
export function workerFetcher<TBatch>(
  pool: WorkerPool,
  { epoch, start }: { readonly epoch: number; readonly start: number },
  finish: FinishBatch<TBatch>,
): FetchBatch<TBatch> {
  const ofEpoch = epochSeed(epoch);
  let number = start;
  return async (indices) => {
    const worker = pool.workerOf(number);
    const seed = batchSeed(epoch, number, indices[0] ?? 0);
    number += 1;
    const doing = `made the batch of the indices ${someIndices(indices)}`;
    const { batch } = await worker.ask({ kind: "batch", indices, seed, epochSeed: ofEpoch }, doing, indices);
    return finish(unpack(batch));
  };
}

/** What the loader's `collate` does here with the items that workers send; without one they send the batch. */
export function finisherOf<TItem, TBatch>(
  collate: ((items: TItem[]) => TBatch | Promise<TBatch>) | undefined,
): FinishBatch<TBatch>;
export function finisherOf(collate: ((items: never) => unknown) | undefined): FinishBatch<unknown> {
  return (sent) => (collate === undefined ? sent : Reflect.apply(collate, undefined, [sent]));
}
