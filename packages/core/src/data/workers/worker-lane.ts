import { DatasetError } from "../dataset-error.js";
import type { IterableDatasetState } from "../dataset.js";
import type { DataWorker } from "./data-worker.js";
import type { WorkerAnswer } from "./worker-messages.js";

/** One worker's part of an iterable dataset, with some batches asked for ahead. */
export class WorkerLane {
  readonly #worker: DataWorker;
  readonly #ahead: number;
  readonly #numWorkers: number;
  readonly #asked: Promise<WorkerAnswer>[] = [];
  isOver = false;
  /** After the last batch that was taken. */
  state: IterableDatasetState | undefined;

  constructor(worker: DataWorker, ahead: number, numWorkers: number) {
    this.#worker = worker;
    this.#ahead = ahead;
    this.#numWorkers = numWorkers;
  }

  async open(from: {
    readonly epoch: number;
    readonly seed: number;
    readonly isOver?: boolean;
    readonly state?: IterableDatasetState | undefined;
  }): Promise<void> {
    const { epoch, seed, state, isOver = false } = from;
    this.state = state;
    this.isOver = isOver;
    if (!isOver) await this.#worker.ask({ kind: "open", epoch, state, seed }, "began an epoch of its dataset");
  }

  /** @returns undefined at the end of the worker's part */
  async take(): Promise<WorkerAnswer | undefined> {
    if (this.isOver) return undefined;
    while (this.#asked.length < this.#ahead) this.#ask();
    const answer = await this.#asked.shift();
    if (answer === undefined || answer.batch === null) {
      this.isOver = true;
      return undefined;
    }
    this.#refuseWhole(answer);
    this.#ask();
    this.state = answer.datasetState;
    return answer;
  }

  #ask(): void {
    const answer = this.#worker.ask({ kind: "next" }, "read the next batch of its dataset");
    answer.catch(() => undefined); // Reported when its turn comes.
    this.#asked.push(answer);
  }

  #refuseWhole({ knowsWorker }: WorkerAnswer): void {
    if (this.#numWorkers === 1 || knowsWorker === true) return;
    throw new DatasetError({
      message: `Each of the ${this.#numWorkers} workers would read the whole iterable dataset, so that every item came ${this.#numWorkers} times.`,
      tryThis:
        "workerInfo() in the dataset, which says which part a worker is to read (also where all may read everything), or numWorkers: 1.",
    });
  }
}
