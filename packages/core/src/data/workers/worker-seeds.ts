import { RandomStream } from "../../random/random-stream.js";
import { hashName, threefry } from "../../random/threefry.js";

/**
 * The seed of a worker's random streams for one batch. It depends on the global seed, the epoch and the batch, not on
 * the worker, so that batches are the same for any number of workers and after a resume.
 * @param first the batch's first index, which tells the ranks of a distributed run apart
 */
export function batchSeed(epoch: number, batch: number, first: number): number {
  return mix("worker batch", mix("worker epoch", RandomStream.globalSeed(), epoch), mix("worker item", batch, first));
}

/** The seed of a worker in an epoch, for what it reads one item after another. */
export function workerSeed(epoch: number, worker: number): number {
  return mix("worker", mix("worker epoch", RandomStream.globalSeed(), epoch), worker);
}

function mix(name: string, a: number, b: number): number {
  const words = new Uint32Array(2);
  threefry(...hashName(name), a, b, words);
  return words[0] ?? 0;
}
