import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { DataWorker } from "./data-worker.js";
import { datasetRecipe, exportRecipe, type DatasetRecipe, type ExportRecipe } from "./dataset-recipe.js";
import { sharedItem } from "./item-in-work.js";
import { requireThreads } from "./thread-port.js";
import { isDataWorker } from "./worker-info.js";
import type { WorkerOptions } from "./worker-options.js";
import { workerSeed } from "./worker-seeds.js";

/** What all workers of a loader have in common. */
export interface PoolSetup extends WorkerOptions {
  readonly dataset: object & { readonly length?: number | undefined };
  readonly concurrency: number;
  readonly collates: boolean;
  readonly batchSize: number;
  readonly dropLast: boolean;
}

/** The workers of a loader. */
export class WorkerPool {
  readonly workers: readonly DataWorker[];

  /** @throws MisconfigurationError for a dataset or a function that workers cannot import */
  constructor(setup: PoolSetup, epoch: number) {
    const { numWorkers, timeout, workerInitFn, dataset: source, ...rest } = setup;
    if (isDataWorker())
      throw new MisconfigurationError({
        message: "A DataLoader inside a worker of another one cannot have workers of its own.",
        tryThis: "numWorkers: 0 in the dataset's code.",
      });
    const threads = requireThreads();
    const dataset: DatasetRecipe = datasetRecipe(source, threads.mainModule);
    const init: ExportRecipe | undefined =
      workerInitFn === undefined
        ? undefined
        : exportRecipe("DataLoader's workerInitFn", workerInitFn, threads.mainModule);
    const shared = { ...rest, numWorkers, dataset, length: source.length, init };
    this.workers = Array.from(
      { length: numWorkers },
      (_, id) => new DataWorker(threads, { ...shared, id, seed: workerSeed(epoch, id), item: sharedItem() }, timeout),
    );
  }

  get isAlive(): boolean {
    return this.workers.every((worker) => worker.isAlive);
  }

  /** The worker that makes batch `number` of an epoch. */
  workerOf(number: number): DataWorker {
    const worker = this.workers[number % this.workers.length];
    if (worker === undefined) throw new RangeError("A pool has at least one worker.");
    return worker;
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
