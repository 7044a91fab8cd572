import type { Thread, Threads } from "../../ports/threads.js";
import { DatasetError, type WorkerPlace } from "../dataset-error.js";
import { modulesOf } from "./dataset-recipe.js";
import { itemInWork, type SharedItem } from "./item-in-work.js";
import { memoryOfWorker } from "./memory-of-worker.js";
import { received } from "./sent-error.js";
import type { FromWorker, ToWorker, WorkerAnswer, WorkerRequest, WorkerSetup } from "./worker-messages.js";

interface Pending {
  readonly doing: string;
  readonly indices: readonly number[] | undefined;
  readonly done: (answer: WorkerAnswer) => void;
  readonly fail: (error: unknown) => void;
}

/** How long a worker may take to start, in seconds, where there is a time limit. */
const START_S = 60;
/** How long the end of a thread is awaited. One that waits inside of a call of the system ends later. */
const LONGEST_STOP_MS = 2000;

/** One worker thread of a loader, seen from the loader: it answers requests in order. */
export class DataWorker {
  readonly #place: WorkerPlace;
  readonly #timeoutS: number;
  readonly #threads: Threads;
  readonly #thread: Thread<ToWorker>;
  readonly #item: SharedItem | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #ready: Promise<unknown>;
  #requests = 0;
  #isReady = false;
  #isTooLate = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over: DatasetError | undefined;

  /** @param timeoutS how long it may take for an answer, in seconds; 0 for as long as it likes */
  constructor(threads: Threads, setup: WorkerSetup, timeoutS: number) {
    this.#place = setup;
    this.#item = setup.item;
    this.#threads = threads;
    this.#timeoutS = timeoutS;
    const modules = [...modulesOf(setup.dataset), ...(setup.init === undefined ? [] : [setup.init.module])];
    this.#thread = threads.startDataWorker<ToWorker, FromWorker>(modules, {
      message: (message) => this.#answered(message),
      ended: (how, cause) => this.#end(`ended: ${how}`, cause),
    });
    this.#ready = this.#send({ kind: "setup", setup }, "made its dataset");
    // Whoever asks for a batch hears of it.
    this.#ready.catch((error: unknown) => {
      this.#over ??= error instanceof DatasetError ? error : DatasetError.ofBatch([], error);
    });
  }

  get #name(): string {
    return `Worker ${this.#place.id} of ${this.#place.numWorkers}`;
  }

  get isAlive(): boolean {
    return this.#over === undefined;
  }

  /** @throws DatasetError for what went wrong in the worker, or because it ended or took too long */
  async ask(request: WorkerRequest, doing: string, indices?: readonly number[]): Promise<WorkerAnswer> {
    const answer = this.#send(request, doing, indices);
    answer.catch(() => undefined); // The start's failure comes first.
    await this.#ready;
    return answer;
  }

  /** Ends the thread. What was asked and not answered fails. */
  async stop(): Promise<void> {
    this.#over ??= new DatasetError({ message: `${this.#name} was stopped.`, worker: this.#place.id });
    this.#failAll(this.#over);
    await this.#thread.stop();
  }

  #send(request: WorkerRequest, doing: string, indices?: readonly number[]): Promise<WorkerAnswer> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    this.#requests += 1;
    const number = this.#requests;
    return new Promise<WorkerAnswer>((done, fail) => {
      this.#pending.set(number, { doing, indices, done, fail });
      if (this.#pending.size === 1) this.#watch();
      this.#thread.post({ ...request, request: number });
    });
  }

  #answered(message: FromWorker): void {
    if (this.#isTooLate) return;
    const pending = this.#pending.get(message.request);
    this.#pending.delete(message.request);
    this.#isReady = true;
    this.#watch();
    if ("answer" in message) pending?.done(message.answer);
    else pending?.fail(this.#failure(pending, message.failure.index, received(message.failure.error)));
  }

  #failure({ indices, doing }: Pending, index: number | undefined, cause: Error): DatasetError {
    if (index !== undefined) return DatasetError.atIndex(index, cause, this.#place);
    if (indices !== undefined) return DatasetError.ofBatch(indices, cause, this.#place);
    const message = `${this.#name} failed while it ${doing}. ${cause.message}`;
    return new DatasetError({ message, worker: this.#place.id, cause });
  }

  /** The time for the next answer begins anew. */
  #watch(): void {
    clearTimeout(this.#timer);
    const isAwaited = this.#pending.size > 0;
    // A thread that starts on a busy machine is slow, and says nothing of how long an item takes.
    const seconds = this.#isReady ? this.#timeoutS : Math.max(this.#timeoutS, START_S);
    this.#thread.keepAlive(isAwaited);
    if (!isAwaited || this.#timeoutS === 0) return;
    this.#timer = setTimeout(() => {
      const halfway = this.#threads.memoryBytes();
      // An answer may have come while this thread was busy: it is heard before the next timer, and ends it.
      const end = () => (this.#timer = setTimeout(() => void this.#giveUp(seconds, halfway), 0));
      this.#timer = setTimeout(end, seconds * 500);
    }, seconds * 500);
  }

  /**
   * Ends a thread that gives no answer. What memory its end gives back, and whether it was growing, tells a thread that
   * runs out of memory from one that hangs: before V8 says so, it collects garbage for minutes.
   */
  async #giveUp(seconds: number, halfway: number): Promise<void> {
    this.#isTooLate = true;
    const held = this.#threads.memoryBytes();
    await Promise.race([this.#thread.stop(), new Promise((done) => setTimeout(done, LONGEST_STOP_MS))]);
    const memory = memoryOfWorker({ halfway, held, left: this.#threads.memoryBytes() });
    this.#end(`gave no answer for ${seconds} s`, undefined, memory);
  }

  #end(how: string, cause: unknown, details = ""): void {
    const [first] = this.#pending.values();
    const doing = first === undefined ? "" : ` while it ${first.doing}`;
    const index = itemInWork(this.#item) ?? (first?.indices?.length === 1 ? first.indices[0] : undefined);
    this.#over ??= new DatasetError({
      message: `${this.#name} ${how}${doing}${index === undefined ? "" : `, at index ${index}`}.${details}`,
      index,
      worker: this.#place.id,
      cause,
      tryThis: "the dataset without workers (numWorkers: 0), where the error shows itself, or a longer timeout.",
    });
    this.#failAll(this.#over);
  }

  #failAll(error: DatasetError): void {
    clearTimeout(this.#timer);
    for (const { fail } of this.#pending.values()) fail(error);
    this.#pending.clear();
    this.#thread.keepAlive(false);
  }
}
