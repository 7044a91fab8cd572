import { LightningError } from "../errors/lightning-error.js";

/** The worker thread that something went wrong in. */
export interface WorkerPlace {
  readonly id: number;
  readonly numWorkers: number;
}

/** A dataset failed to give an item; `cause` is what it threw. */
export class DatasetError extends LightningError {
  readonly index: number | undefined;
  /** The number of the worker thread that the dataset was in; undefined without workers. */
  readonly worker: number | undefined;

  constructor(options: {
    readonly message: string;
    readonly index?: number | undefined;
    readonly worker?: number | undefined;
    readonly expected?: string;
    readonly received?: string;
    readonly tryThis?: string;
    readonly cause?: unknown;
  }) {
    super({ ...options, code: "LIT_DATASET" });
    this.index = options.index;
    this.worker = options.worker;
  }

  /** Wraps what a `collate`, or `dataset.getBatch`, threw. */
  static ofBatch(indices: readonly number[], cause: unknown, worker?: WorkerPlace): DatasetError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The batch of the indices ${someIndices(indices)} could not be made${inWorker(worker)}. ${reason}`;
    return new DatasetError({ message, worker: worker?.id, cause });
  }

  /** Wraps what `dataset.get(index)` threw. */
  static atIndex(index: number, cause: unknown, worker?: WorkerPlace): DatasetError {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const message = `The dataset failed at index ${index}${inWorker(worker)}. ${reason}`;
    return new DatasetError({ message, index, worker: worker?.id, cause });
  }
}

/** The first of some indices, for messages. */
export function someIndices(indices: readonly number[]): string {
  return indices.length > 8 ? `${indices.slice(0, 8).join(", ")}, …` : indices.join(", ");
}

const inWorker = (worker: WorkerPlace | undefined): string =>
  worker === undefined ? "" : ` in worker ${worker.id} of ${worker.numWorkers}`;

/** @throws DatasetError unless 0 <= index < length */
export function checkIndex(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new DatasetError({
    message: "There is no item with this index.",
    expected: `an integer from 0 to ${length - 1}`,
    received: String(index),
  });
}
