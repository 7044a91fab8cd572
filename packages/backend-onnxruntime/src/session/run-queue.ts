import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { EngineError } from "../errors/engine-error.js";
import { awaitLoadingAtExit, forgetLoading } from "./await-loading.js";
import { awaitRunsAtExit, forgetRuns } from "./await-runs.js";
import type { Pointer } from "./ort-api.js";

// The layout of the control block is repeated in run-worker.js.
const CELL = { submitted: 0, completed: 1, isMessageWanted: 2, hasFailed: 3, hasLoaded: 4 } as const;
const HEADER_BYTES = 64;
const SLOT_FIELDS = 8;
const STATUS_FIELD = 7;
const SLOTS = 64;

/** The arguments of one call of ONNX Runtime's `Run`: addresses of the session and of arrays of names and values. */
export interface RunArguments {
  readonly session: Pointer;
  readonly inputNames: Pointer;
  readonly inputValues: Pointer;
  readonly inputCount: number;
  readonly outputNames: Pointer;
  readonly outputCount: number;
  readonly outputValues: Pointer;
}

/** How often a blocked thread looks whether the executor has died, which wakes nobody. */
const FAILURE_CHECK_MS = 500;

/** Stands in the place of a session: `inputNames` is the address of a program's request, `inputCount` its size in bytes. */
const PROGRAM = -1n;

/** A run without a session ends the thread. */
const END_OF_RUNS: RunArguments = { session: 0n, inputNames: 0n, inputValues: 0n, inputCount: 0, outputNames: 0n, outputCount: 0, outputValues: 0n };

interface Waiter {
  readonly id: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Hands runs to the executor thread through shared memory and observes their completion.
 * Run ids count from 1; a run with id n has completed once `completed >= n`.
 */
export class RunQueue {
  readonly #cells: Int32Array;
  readonly #ring: BigInt64Array;
  readonly #worker: Worker;
  readonly #newPrograms: MessagePort;
  readonly #exited: Promise<void>;
  readonly #programIds = new Map<string, number>();
  #submitted = 0;
  #completed = 0;
  #waiters: Waiter[] = [];
  #failure: unknown;

  /** `helpers` are threads that share the work of large programs. */
  constructor(options: { readonly libraryPath: string; readonly runAddress: Pointer; readonly helpers: number }) {
    const control = new SharedArrayBuffer(HEADER_BYTES + SLOTS * SLOT_FIELDS * 8);
    this.#cells = new Int32Array(control, 0, HEADER_BYTES / 4);
    this.#ring = new BigInt64Array(control, HEADER_BYTES);
    const { port1, port2 } = new MessageChannel();
    this.#newPrograms = port1;
    this.#worker = new Worker(new URL("./run-worker.js", import.meta.url), {
      workerData: { control, slots: SLOTS, newPrograms: port2, ...options },
      transferList: [port2],
      execArgv: [],
      name: "lightning-ts executor",
    });
    this.#worker.on("message", () => this.#settleWaiters());
    this.#worker.on("error", (error) => this.#fail(error));
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    awaitLoadingAtExit(this.#cells, CELL.hasLoaded);
    awaitRunsAtExit(this);
    void this.#exited.then(() => {
      forgetLoading(this.#cells);
      forgetRuns(this);
    });
    this.#worker.unref();
  }

  /** Runs that can be submitted before the oldest must have completed. */
  readonly capacity: number = SLOTS;

  get submitted(): number {
    return this.#submitted;
  }

  /** Id of the newest run that has completed. */
  get completed(): number {
    // The shared counter has 32 bits; runs in flight are few, so the difference is exact.
    this.#completed += (Atomics.load(this.#cells, CELL.completed) - this.#completed) | 0;
    return this.#completed;
  }

  /** Starts a run. The caller sees to it that fewer than `capacity` runs are unsettled. */
  submit(run: RunArguments): number {
    this.#submitted += 1;
    this.#publish(this.#submitted, run);
    return this.#submitted;
  }

  /** Starts a program; `submit` holds for it too. */
  submitProgram(requestAddress: Pointer, requestBytes: number): number {
    return this.submit({ ...END_OF_RUNS, session: PROGRAM, inputNames: requestAddress, inputCount: requestBytes });
  }

  /** A number for a program, which the thread has then got. */
  programId(program: ElementwiseProgram): number {
    const known = this.#programIds.get(program.key);
    if (known !== undefined) return known;
    const id = this.#programIds.size;
    this.#programIds.set(program.key, id);
    const { inputCount, outputCount, chunkElements, module } = program;
    this.#newPrograms.postMessage({ id, inputCount, outputCount, chunkElements, module });
    return id;
  }

  #publish(id: number, run: RunArguments): void {
    const ring = this.#ring;
    const slot = ((id - 1) % SLOTS) * SLOT_FIELDS;
    ring[slot] = run.session;
    ring[slot + 1] = run.inputNames;
    ring[slot + 2] = run.inputValues;
    ring[slot + 3] = BigInt(run.inputCount);
    ring[slot + 4] = run.outputNames;
    ring[slot + 5] = BigInt(run.outputCount);
    ring[slot + 6] = run.outputValues;
    Atomics.store(this.#cells, CELL.submitted, id | 0);
    Atomics.notify(this.#cells, CELL.submitted);
  }

  /** The `OrtStatus *` of a completed run; each is to be read once, before `capacity` later runs are submitted. */
  statusOf(id: number): Pointer {
    return this.#ring[((id - 1) % SLOTS) * SLOT_FIELDS + STATUS_FIELD] ?? 0n;
  }

  /** Blocks until the run has completed. */
  join(id: number): void {
    for (let completed = this.completed; completed < id; completed = this.completed) {
      if (Atomics.load(this.#cells, CELL.hasFailed) === 1) throw executorFailed(this.#failure);
      Atomics.wait(this.#cells, CELL.completed, completed | 0, FAILURE_CHECK_MS);
    }
  }

  /** Resolves when the run has completed. The process stays alive until then. */
  wait(id: number): Promise<void> {
    if (this.completed >= id) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(executorFailed(this.#failure));
    return new Promise((resolve, reject) => {
      if (this.#waiters.length === 0) this.#worker.ref();
      this.#waiters.push({ id, resolve, reject });
      this.#settleWaiters();
    });
  }

  /** Ends the thread, all of whose runs have completed. */
  async close(): Promise<void> {
    this.#publish(this.#submitted + 1, END_OF_RUNS);
    this.#worker.ref();
    await this.#exited;
  }

  /** Resolves who waits for what has completed; asks for a message if somebody still waits. */
  #settleWaiters(): void {
    Atomics.store(this.#cells, CELL.isMessageWanted, 1);
    const completed = this.completed;
    const settled = this.#waiters.filter((waiter) => waiter.id <= completed);
    this.#waiters = this.#waiters.filter((waiter) => waiter.id > completed);
    for (const waiter of settled) waiter.resolve();
    if (this.#waiters.length > 0) return;
    Atomics.store(this.#cells, CELL.isMessageWanted, 0);
    if (settled.length > 0) this.#worker.unref();
  }

  #fail(cause: unknown): void {
    this.#failure = cause;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(executorFailed(cause));
  }
}

/** The cause is not known yet where the event loop was blocked since. */
function executorFailed(cause: unknown): EngineError {
  const reason = cause === undefined ? "" : `: ${String(cause)}`;
  return new EngineError({ code: "ORT_EXECUTOR", message: `The thread that runs graphs could not start or has died${reason}.`, cause });
}
