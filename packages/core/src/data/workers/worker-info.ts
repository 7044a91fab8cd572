/** The worker thread that a dataset's code runs in. */
export interface WorkerInfo {
  /** 0 … numWorkers-1 */
  readonly id: number;
  readonly numWorkers: number;
  /** Differs from worker to worker and from epoch to epoch. */
  readonly seed: number;
  /** The worker's own copy. */
  readonly dataset: unknown;
}

let current: WorkerInfo | undefined;
let isAsked = false;

/**
 * Which of a loader's worker threads this code runs in, like torch's `get_worker_info`; undefined outside of them. An
 * iterable dataset takes its part of the items by it.
 * @example
 * ```ts
 * import { IterableDataset, workerInfo } from "@lightning-ts/core";
 *
 * class Numbers extends IterableDataset<number> {
 *   override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
 *     const { id, numWorkers } = workerInfo() ?? { id: 0, numWorkers: 1 };
 *     for (let i = id; i < 100; i += numWorkers) yield i;
 *   }
 * }
 * console.log(workerInfo(), new Numbers().length); // undefined undefined
 * ```
 */
export function workerInfo(): WorkerInfo | undefined {
  isAsked = true;
  return current;
}

/** For the worker itself. */
export function setWorkerInfo(info: WorkerInfo): void {
  current = info;
}

/** Whether this code runs in a worker of a loader. */
export function isDataWorker(): boolean {
  return current !== undefined;
}

/** Whether `workerInfo` was ever called. */
export function knowsWorker(): boolean {
  return isAsked;
}
