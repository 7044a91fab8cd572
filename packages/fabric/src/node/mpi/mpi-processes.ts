import { availableParallelism, cpus } from "node:os";
import { receiveMessageOnPort, type MessagePort, type Worker } from "node:worker_threads";
import { MessagePassingError } from "../../errors/message-passing-error.js";
import { CollectiveMismatchError } from "../../errors/collective-mismatch-error.js";
import { CollectiveTimeoutError } from "../../errors/collective-timeout-error.js";
import { RankFailedError } from "../../errors/rank-failed-error.js";
import type {
  MessageBuffer,
  MessageCall,
  MessageProcesses,
  MessageRequest,
  StartedCall,
} from "../../ports/message-passing.js";
import type { Mpi } from "./mpi-library.js";
import { WORD, type CallProblem, type FromThread, type SharedWords, type ToThread } from "./thread-messages.js";

/** How long a process that blocks sleeps at most before it looks again. */
const LOOK_MS = 1000;

interface Pending {
  readonly resolve: (bytes: readonly Uint8Array[], group: number) => void;
  readonly reject: (error: Error) => void;
  /** Memory that MPI reads and writes until the call is over. */
  readonly buffers: readonly (MessageBuffer | undefined)[];
}

export interface MpiProcessesParts {
  readonly mpi: Mpi;
  readonly shared: SharedWords;
  readonly port: MessagePort;
  readonly worker: Worker;
  readonly request: MessageRequest;
}

/** The processes that `mpirun` has started, as this one reaches them through its MPI thread. */
export class MpiProcesses implements MessageProcesses {
  readonly rank: number;
  readonly worldSize: number;
  readonly threads: number;
  readonly #parts: MpiProcessesParts;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #failure: Error | undefined;

  constructor(parts: MpiProcessesParts) {
    this.#parts = parts;
    ({ rank: this.rank, worldSize: this.worldSize } = parts.request);
    this.threads = threadsOf(parts.request.localRanks);
    parts.port.on("message", (message: FromThread) => this.#hear(message));
    parts.port.unref();
    parts.worker.on("error", (error) => this.#fail(new MessagePassingError(`its thread ended: ${String(error)}`)));
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  start(call: MessageCall): StartedCall {
    const { addressOf } = this.#parts.mpi;
    const address = (buffer?: MessageBuffer): bigint =>
      buffer === undefined || buffer.length === 0 ? 0n : addressOf(buffer.buffer) + BigInt(buffer.byteOffset);
    const { input, output, ...rest } = call;
    const isBytes = call.kind === "exchangeBytes";
    const started = this.#ask([input, output], (id) => ({
      type: "call",
      id,
      call: {
        ...rest,
        input: isBytes ? 0n : address(input),
        output: address(output),
        inputLength: input?.length ?? 0,
        outputLength: output?.length ?? 0,
      },
      ...(isBytes && input instanceof Uint8Array ? { bytes: input } : {}),
    }));
    const done = started.done.then(({ bytes }) => bytes);
    // Who joins the call does not look at the promise.
    done.catch(() => undefined);
    return { done, join: started.join };
  }

  async createGroup(ranks: readonly number[], timeoutMs: number): Promise<number> {
    return (await this.#ask([], (id) => ({ type: "group", id, ranks, timeoutMs })).done).group;
  }

  setPhase(phase: string): void {
    this.#parts.shared.phase = phase;
  }

  end(status: "failed" | "left", how: string, culprit: number = this.rank): void {
    this.#tell({ type: "end", status, how, culprit });
  }

  /** Ends MPI when the others do too. @returns whether they did in time */
  finish(timeoutMs: number): boolean {
    this.#tell({ type: "finish" });
    return Atomics.wait(this.#parts.shared.words, WORD.isOver, 0, timeoutMs) !== "timed-out";
  }

  #tell(message: ToThread): void {
    this.#parts.port.postMessage(message);
    this.#parts.shared.ring(WORD.toThread);
  }

  #ask(buffers: Pending["buffers"], requestOf: (id: number) => ToThread) {
    this.#calls += 1;
    const id = this.#calls;
    let settled: { readonly error?: Error } | undefined;
    const done = new Promise<{ readonly bytes: readonly Uint8Array[]; readonly group: number }>((resolve, reject) => {
      const pending: Pending = {
        buffers,
        resolve: (bytes, group) => {
          settled = {};
          resolve({ bytes, group });
        },
        reject: (error) => {
          settled = { error };
          reject(error);
        },
      };
      if (this.#failure !== undefined) return pending.reject(this.#failure);
      this.#pending.set(id, pending);
      if (this.#pending.size === 1) this.#parts.port.ref();
      this.#tell(requestOf(id));
    });
    done.catch(() => undefined);
    const join = (): void => {
      while (settled === undefined) this.#wait();
      if (settled.error !== undefined) throw settled.error;
    };
    return { done, join };
  }

  /** Takes what the thread has said, and blocks until it says more where that is nothing. */
  #wait(): void {
    const { port, shared } = this.#parts;
    const bell = Atomics.load(shared.words, WORD.fromThread);
    const received: { readonly message: FromThread } | undefined = receiveMessageOnPort(port);
    if (received === undefined) Atomics.wait(shared.words, WORD.fromThread, bell, LOOK_MS);
    else this.#hear(received.message);
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case "done":
        return this.#settle(message.id, (pending) => pending.resolve(message.bytes, 0));
      case "group":
        return this.#settle(message.id, (pending) => pending.resolve([], message.group));
      case "problem":
        return this.#fail(errorOf(message.problem, this.rank));
      case "unavailable":
        return this.#fail(new MessagePassingError(message.how));
      case "ready":
        return;
      default:
        message satisfies never;
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#parts.port.unref();
    how(pending);
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    const isOfRank = "blamedRank" in error && typeof error.blamedRank === "number";
    this.end("failed", error.message, isOfRank ? Number(error.blamedRank) : this.rank);
    for (const id of this.#pending.keys()) this.#settle(id, (pending) => pending.reject(error));
  }
}

function errorOf(problem: CallProblem, ownRank: number): Error {
  switch (problem.kind) {
    case "failed":
      return new RankFailedError({ ...problem, ownRank });
    case "late":
      return new CollectiveTimeoutError({ ...problem, ownRank });
    case "mismatch":
      return new CollectiveMismatchError({ ...problem, ownRank });
    case "mpi":
      return new MessagePassingError(`${problem.what} (${problem.operation}, phase ${problem.phase})`);
    default:
      return problem satisfies never;
  }
}

/** Where `mpirun` has bound each process to processors of its own, those are its share already. */
function threadsOf(localRanks: number): number {
  const own = availableParallelism();
  return own < cpus().length ? own : Math.max(1, Math.floor(own / localRanks));
}
