import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { ThreadSide } from "../../ports/threads.js";
import { RandomStream } from "../../random/random-stream.js";
import { DatasetError } from "../dataset-error.js";
import type { Dataset, IterableDataset } from "../dataset.js";
import { defaultCollate } from "../default-collate.js";
import { fetchItems } from "../fetch-items.js";
import { batchFetcher } from "../indexed-batch-reader.js";
import { IterableBatchReader } from "../iterable-batch-reader.js";
import { samplesOf, type SampleOf } from "../sample.js";
import { tellingItems } from "./item-in-work.js";
import { callExport, makeDataset, type AnyDataset } from "./make-dataset.js";
import { memoryOf, pack } from "./parcel.js";
import { failureOf } from "./sent-error.js";
import { knowsWorker, setWorkerInfo } from "./worker-info.js";
import type { FromWorker, ToWorker, WorkerAnswer, WorkerRequest, WorkerSetup } from "./worker-messages.js";

type Side = ThreadSide<ToWorker, FromWorker>;

/** Runs a worker of a loader: it makes its dataset and answers requests for batches, in order. */
export function serveDataWorker(side: Side): void {
  const worker = new DataWorkerThread();
  let last: Promise<void> = Promise.resolve();
  side.listen((message) => {
    last = last.then(() => answer(side, worker, message));
  });
}

async function answer(side: Side, worker: DataWorkerThread, message: ToWorker): Promise<void> {
  const { request } = message;
  try {
    const { isFresh, ...answered } = await worker.do(message);
    side.post({ request, answer: answered }, isFresh === true ? [...memoryOf(answered.batch)] : []);
  } catch (error) {
    side.post({ request, failure: failureOf(error) });
  }
}

/** An answer, and whether its memory is nobody else's. */
type Answered = WorkerAnswer & { readonly isFresh?: boolean };

type BatchRequest = Extract<WorkerRequest, { kind: "batch" }>;

class DataWorkerThread {
  #setup: WorkerSetup | undefined;
  #dataset: AnyDataset | undefined;
  #fetch: ((indices: readonly number[], sampleOf: SampleOf) => unknown) | undefined;
  #reader: IterableBatchReader<unknown, unknown> | undefined;

  async do(request: WorkerRequest): Promise<Answered> {
    switch (request.kind) {
      case "setup":
        return this.#begin(request.setup);
      case "batch":
        return this.#batch(request);
      case "open":
        return this.#open(request.epoch, request.state, request.seed);
      case "next":
        return this.#next();
    }
  }

  async #begin(setup: WorkerSetup): Promise<Answered> {
    const { id, numWorkers, seed, init, concurrency, collates } = setup;
    this.#setup = setup;
    RandomStream.reseed(seed);
    setWorkerInfo({ id, numWorkers, seed, dataset: undefined });
    const dataset = await makeDataset(setup.dataset);
    setWorkerInfo({ id, numWorkers, seed, dataset });
    checkLength(dataset, setup.length);
    if (init !== undefined) await callExport(init, [id]);
    this.#dataset = dataset;
    if (!isIndexed(dataset)) return {};
    const items = tellingItems(dataset, setup.item);
    this.#fetch = collates
      ? (indices, sampleOf) => batchFetcher<unknown, unknown>(items, { concurrency, sampleOf })(indices)
      : (indices, sampleOf) => fetchItems(items, indices, concurrency, sampleOf);
    return {};
  }

  async #batch({ indices, seed, epochSeed }: BatchRequest): Promise<Answered> {
    RandomStream.reseed(seed);
    const batch = await this.#fetch?.(indices, samplesOf(epochSeed));
    // What a dataset's own getBatch gives may be memory that it keeps.
    const isFresh =
      this.#setup?.collates === true && (isIndexed(this.#dataset) && this.#dataset.getBatch) === undefined;
    return { batch: pack(batch, "An item"), isFresh };
  }

  async #open(epoch: number, state: Readonly<Record<string, unknown>> | undefined, seed: number): Promise<Answered> {
    const [dataset, setup] = [this.#dataset, this.#setup];
    if (dataset === undefined || setup === undefined || isIndexed(dataset)) throw notReady();
    await this.#reader?.close();
    RandomStream.reseed(seed);
    setWorkerInfo({ id: setup.id, numWorkers: setup.numWorkers, seed, dataset });
    await dataset.setEpoch?.(epoch);
    if (state !== undefined) await dataset.restore?.(state);
    const { batchSize, dropLast, collates } = setup;
    const join = (items: unknown[]): unknown => (collates ? defaultCollate(items) : items);
    this.#reader = new IterableBatchReader(dataset, { batchSize, dropLast, join });
    return {};
  }

  async #next(): Promise<Answered> {
    if (this.#reader === undefined) throw notReady();
    const fetched = await this.#reader.next();
    if (fetched === undefined) return { batch: null, knowsWorker: knowsWorker() };
    const { batch, datasetState } = fetched;
    return {
      batch: pack(batch, "An item"),
      datasetState,
      knowsWorker: knowsWorker(),
      isFresh: this.#setup?.collates === true,
    };
  }
}

function isIndexed(dataset: AnyDataset | undefined): dataset is Dataset<unknown> {
  return dataset !== undefined && !(Symbol.asyncIterator in dataset);
}

function checkLength({ length }: Dataset<unknown> | IterableDataset<unknown>, expected: number | undefined): void {
  if (length === expected) return;
  throw new DatasetError({
    message: "The worker's dataset is not equal to the loader's.",
    expected: `a length of ${expected}`,
    received: `${length}`,
    tryThis: "workerSource with the same arguments that the dataset itself was made with.",
  });
}

function notReady(): MisconfigurationError {
  return new MisconfigurationError({ message: "The worker has no dataset that is read one item after another." });
}
