/** How many batches a loader gives. */
export interface Speed {
  readonly perSecond: number;
  /** For each second of processor time of this process, which others on the machine hardly change. */
  readonly perProcessorSecond: number;
}

/**
 * Reads a loader to its end, as an epoch that is not the first: one goes before it, in which V8 compiles what a batch
 * runs. The first batch, which starts workers, is not timed.
 */
export async function batchSpeed(epoch: () => AsyncIterable<unknown>): Promise<Speed> {
  for await (const _ of epoch());
  const iterator = epoch()[Symbol.asyncIterator]();
  await iterator.next();
  const [startMs, used] = [performance.now(), process.cpuUsage()];
  let count = 0;
  while ((await iterator.next()).done !== true) count += 1;
  const { user, system } = process.cpuUsage(used);
  return {
    perSecond: (1e3 * count) / (performance.now() - startMs),
    perProcessorSecond: (1e6 * count) / (user + system),
  };
}
