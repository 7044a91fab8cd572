import { mixSeeds } from "../mix-seeds.js";
import { epochSeed } from "../sample.js";

/**
 * The seed of a worker's random streams for one batch. It depends on the global seed, the epoch and the batch, not on
 * the worker, so that batches are the same for any number of workers and after a resume.
 * @param first the batch's first index, which tells the ranks of a distributed run apart
 */
export function batchSeed(epoch: number, batch: number, first: number): number {
  return mixSeeds("batch", epochSeed(epoch), mixSeeds("first item", batch, first));
}

/** The seed of a worker in an epoch, for what it reads one item after another. */
export function workerSeed(epoch: number, worker: number): number {
  return mixSeeds("worker", epochSeed(epoch), worker);
}
