import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { BatchReader, FetchedBatch } from "../batch-reader.js";
import { DatasetError } from "../dataset-error.js";
import type { IterableDatasetState } from "../dataset.js";
import { unpack } from "./parcel.js";
import type { FinishBatch } from "./worker-fetcher.js";
import { WorkerLane } from "./worker-lane.js";
import type { WorkerAnswer } from "./worker-messages.js";
import type { WorkerPool } from "./worker-pool.js";
import { workerSeed } from "./worker-seeds.js";

/** Where each worker's dataset was after its last batch, and whose turn is next. */
interface WorkersState extends IterableDatasetState {
  readonly turn: number;
  readonly workers: readonly { readonly isOver: boolean; readonly state: IterableDatasetState | undefined }[];
}

/** Reads an iterable dataset in workers, each of which reads its own part of it: they take turns, batch by batch. */
export class WorkersIterableReader<TBatch> implements BatchReader<TBatch> {
  readonly #lanes: readonly WorkerLane[];
  readonly #finish: FinishBatch<TBatch>;
  readonly #end: () => Promise<void>;
  #turn = 0;
  #batches = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param end called when the reader is closed */
  constructor(pool: WorkerPool, ahead: number, finish: FinishBatch<TBatch>, end: () => Promise<void>) {
    this.#end = end;
    this.#lanes = pool.workers.map((worker) => new WorkerLane(worker, ahead, pool.workers.length));
    this.#finish = finish;
  }

  /** @param state where to go on; undefined for the beginning */
  async open(epoch: number, state: IterableDatasetState | undefined): Promise<void> {
    const from = state === undefined ? undefined : this.#requireOwn(state);
    this.#turn = from?.turn ?? 0;
    await Promise.all(
      this.#lanes.map((lane, id) => lane.open({ epoch, seed: workerSeed(epoch, id), ...from?.workers[id] })),
    );
  }

  /** Reads and drops batches: for datasets that cannot restore a state. */
  async skip(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.#take();
  }

  next(): Promise<FetchedBatch<TBatch> | undefined> {
    const batch = this.#last.then(async () => {
      const answer = await this.#take();
      if (answer === undefined) return undefined;
      const datasetState = answer.datasetState === undefined ? undefined : this.#state();
      return { batch: await this.#finished(answer), datasetState };
    });
    this.#last = batch;
    return batch;
  }

  async close(): Promise<void> {
    this.#last.catch(() => undefined); // Whoever asked for that batch has its error.
    await this.#end();
  }

  /** The next worker's batch; workers whose part is over are passed over. */
  async #take(): Promise<WorkerAnswer | undefined> {
    while (this.#lanes.some(({ isOver }) => !isOver)) {
      const lane = this.#lanes[this.#turn % this.#lanes.length];
      this.#turn = (this.#turn + 1) % this.#lanes.length;
      const answer = await lane?.take();
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  async #finished({ batch }: WorkerAnswer): Promise<TBatch> {
    try {
      return await this.#finish(unpack(batch));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DatasetError({
        message: `Batch ${this.#batches} of the workers could not be made. ${reason}`,
        cause: error,
      });
    } finally {
      this.#batches += 1;
    }
  }

  #state(): WorkersState {
    return { turn: this.#turn, workers: this.#lanes.map(({ isOver, state }) => ({ isOver, state })) };
  }

  #requireOwn(state: IterableDatasetState): WorkersState {
    if (isWorkersState(state) && state.workers.length === this.#lanes.length) return state;
    const { workers } = state;
    throw new MisconfigurationError({
      message: "An iterable dataset goes on only with as many workers as it was read with.",
      expected: `numWorkers: ${Array.isArray(workers) ? workers.length : 0}`,
      received: `numWorkers: ${this.#lanes.length}`,
    });
  }
}

function isWorkersState(state: IterableDatasetState): state is WorkersState {
  const { turn, workers } = state;
  return typeof turn === "number" && Array.isArray(workers);
}
