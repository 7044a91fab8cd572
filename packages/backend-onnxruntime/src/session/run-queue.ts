import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import type { RunTimes } from "../contract/graph-runner.js";
import type { ScatterProgram } from "../contract/scatter-program.js";
import { EngineError } from "../errors/engine-error.js";
import { awaitLoadingAtExit, forgetLoading } from "./await-loading.js";
import { awaitRunsAtExit, forgetRuns } from "./await-runs.js";
import {
  CELL,
  CONTROL_BYTES,
  EXECUTOR_LAYOUT,
  HEADER_BYTES,
  KIND,
  NO_EPOCH,
  SLOT,
  SLOT_FIELDS,
  SLOTS,
} from "./executor-layout.js";
import type { Pointer } from "./ort-api.js";
import { giveProgramMemory, takeProgramMemory } from "./program-memory.js";
import type { RunInFlight } from "./run-in-flight.js";

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

/** What decides whether a slot runs, and whether it counts as failed. */
export interface SlotGuard {
  readonly epoch: bigint;
  /** Address of the flag, or 0. */
  readonly flag: Pointer;
}

/** How often a blocked thread looks whether the executor has died, which wakes nobody. */
const FAILURE_CHECK_MS = 500;

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
  /**
   * Runs that nobody has seen end, the oldest first. The thread holds this queue and so all that they touch, also when
   * nobody has their runner any more: it would compute on memory that was collected.
   */
  readonly inFlight: RunInFlight[] = [];
  readonly #cells: Int32Array;
  readonly #ring: BigInt64Array;
  readonly #worker: Worker;
  readonly #newPrograms: MessagePort;
  readonly #exited: Promise<void>;
  readonly #programIds = new Map<string, number>();
  #submitted = 0;
  /** As it was when the newest run was submitted. */
  #completedBefore = 0;
  #waiters: Waiter[] = [];
  #failure: unknown;
  /** One moment on the clocks of `performance` and `process`, as long as runs are measured. */
  #moment: { readonly ms: number; readonly ns: bigint } | undefined;

  /** `helpers` are threads that share the work of large programs. */
  constructor(options: { readonly libraryPath: string; readonly runAddress: Pointer; readonly helpers: number }) {
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    const programMemory = takeProgramMemory(1 + options.helpers);
    this.#cells = new Int32Array(control, 0, HEADER_BYTES / 4);
    this.#ring = new BigInt64Array(control, HEADER_BYTES);
    const { port1, port2 } = new MessageChannel();
    this.#newPrograms = port1;
    this.#worker = new Worker(new URL("./run-worker.js", import.meta.url), {
      workerData: { control, layout: EXECUTOR_LAYOUT, newPrograms: port2, programMemory, thread: 0, ...options },
      transferList: [port2],
      execArgv: [],
      name: "lightning-ts executor",
    });
    this.#worker.on("message", () => this.#settleWaiters());
    this.#worker.on("error", (error) => this.#fail(error));
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    awaitLoadingAtExit(this.#cells, CELL.hasLoaded);
    if ("Deno" in globalThis) awaitRunsAtExit(this);
    void this.#exited.then(() => {
      forgetLoading(this.#cells);
      forgetRuns(this);
      giveProgramMemory(programMemory);
    });
    this.#worker.unref();
  }

  /** Runs that can be submitted before the oldest must have completed. */
  readonly capacity: number = SLOTS;

  get submitted(): number {
    return this.#submitted;
  }

  /** Waits until all runs have ended, without the event loop. */
  joinAll(): void {
    this.join(this.#submitted);
  }

  /** Id of the newest run that has completed. */
  get completed(): number {
    // The shared counter has 32 bits; runs since the last submission are few, so the difference is exact.
    return this.#completedBefore + ((Atomics.load(this.#cells, CELL.completed) - this.#completedBefore) | 0);
  }

  /** Starts a run. The caller sees to it that fewer than `capacity` runs are unsettled. */
  submit(run: RunArguments, guard: SlotGuard): number {
    const slot = this.#nextSlot(KIND.run, guard);
    const ring = this.#ring;
    ring[slot + SLOT.session] = run.session;
    ring[slot + SLOT.inputNames] = run.inputNames;
    ring[slot + SLOT.inputValues] = run.inputValues;
    ring[slot + SLOT.inputCount] = BigInt(run.inputCount);
    ring[slot + SLOT.outputNames] = run.outputNames;
    ring[slot + SLOT.outputCount] = BigInt(run.outputCount);
    ring[slot + SLOT.outputValues] = run.outputValues;
    this.#submitted += 1;
    this.#publish(this.#submitted);
    return this.#submitted;
  }

  /** Starts a program, under the same condition as `submit`. */
  submitProgram(requestAddress: Pointer, requestBytes: number, guard: SlotGuard): number {
    const slot = this.#nextSlot(KIND.program, guard);
    this.#ring[slot + SLOT.requestAddress] = requestAddress;
    this.#ring[slot + SLOT.requestBytes] = BigInt(requestBytes);
    this.#submitted += 1;
    this.#publish(this.#submitted);
    return this.#submitted;
  }

  /** A number for a program, which the thread has then got. */
  programId(program: ElementwiseProgram | ScatterProgram): number {
    const known = this.#programIds.get(program.key);
    if (known !== undefined) return known;
    const id = this.#programIds.size;
    this.#programIds.set(program.key, id);
    const { kind, module } = program;
    if (kind === "scatter") this.#newPrograms.postMessage({ id, kind, module, layout: program.layout });
    else
      this.#newPrograms.postMessage({
        id,
        kind,
        inputCount: program.inputCount,
        outputCount: program.outputCount,
        chunkElements: program.chunkElements,
        lengths: program.lengths,
        module,
      });
    return id;
  }

  #nextSlot(kind: bigint, { epoch, flag }: SlotGuard): number {
    const slot = (this.#submitted % SLOTS) * SLOT_FIELDS;
    this.#ring[slot + SLOT.kind] = kind;
    this.#ring[slot + SLOT.epoch] = epoch;
    this.#ring[slot + SLOT.flag] = flag;
    return slot;
  }

  #publish(id: number): void {
    this.#completedBefore = this.completed;
    Atomics.store(this.#cells, CELL.submitted, id | 0);
    Atomics.notify(this.#cells, CELL.submitted);
  }

  /**
   * How a completed run ended: 0, an `OrtStatus *`, `SKIPPED`, or its flag with a minus sign.
   * Each is to be read once, before `capacity` later runs are submitted.
   */
  statusOf(id: number): bigint {
    return this.#ring[((id - 1) % SLOTS) * SLOT_FIELDS + SLOT.status] ?? 0n;
  }

  /** Whether runs that are submitted from now on note when they began and ended. */
  measure(isMeasuring: boolean): void {
    this.#moment = isMeasuring ? { ms: performance.now(), ns: process.hrtime.bigint() } : undefined;
    Atomics.store(this.#cells, CELL.isMeasuring, isMeasuring ? 1 : 0);
  }

  /** When a completed run was at work, where that is measured; to be read as `statusOf` is. */
  timesOf(id: number): RunTimes | undefined {
    const moment = this.#moment;
    if (moment === undefined) return undefined;
    const slot = ((id - 1) % SLOTS) * SLOT_FIELDS;
    const [startedAt, endedAt] = [this.#ring[slot + SLOT.startedAt] ?? 0n, this.#ring[slot + SLOT.endedAt] ?? 0n];
    if (startedAt === 0n) return undefined;
    const toMs = (ns: bigint) => moment.ms + Number(ns - moment.ns) / 1e6;
    return { startMs: toMs(startedAt), endMs: toMs(endedAt) };
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
    this.#nextSlot(KIND.end, { epoch: NO_EPOCH, flag: 0n });
    this.#publish(this.#submitted + 1);
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
  return new EngineError({
    code: "LIT_ENGINE_EXECUTOR",
    message: `The thread that runs graphs could not start or has died${reason}.`,
    cause,
  });
}
