import type { MessageCall } from "../../ports/message-passing.js";

/** Words that the process and its MPI thread share. */
export const WORD = { toThread: 0, fromThread: 1, isOver: 2, phaseBytes: 3 } as const;
const WORDS = 16;
const PHASE_BYTES = 64;

/** Memory that the process and its MPI thread share: bells, and what the process is at. */
export class SharedWords {
  readonly words: Int32Array;
  readonly #phase: Uint8Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS + PHASE_BYTES)) {
    this.words = new Int32Array(memory, 0, WORDS);
    this.#phase = new Uint8Array(memory, 4 * WORDS, PHASE_BYTES);
  }

  ring(word: number): void {
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }
  get phase(): string {
    return new TextDecoder().decode(this.#phase.slice(0, Atomics.load(this.words, WORD.phaseBytes)));
  }
  set phase(text: string) {
    // A reader may find half of it; it is for messages only.
    const { written } = new TextEncoder().encodeInto(text, this.#phase);
    Atomics.store(this.words, WORD.phaseBytes, written);
  }
}

/** A call whose buffers are addresses: they stay where they are until it is over. */
export interface ThreadCall extends Omit<MessageCall, "input" | "output"> {
  readonly input: bigint;
  readonly output: bigint;
  /** Elements of the input, and of the output. */
  readonly inputLength: number;
  readonly outputLength: number;
}

export interface ThreadStart {
  readonly processId: number;
  readonly memory: SharedArrayBuffer;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What the process asks of its MPI thread. */
export type ToThread =
  | { readonly type: "call"; readonly id: number; readonly call: ThreadCall; readonly bytes?: Uint8Array | undefined }
  | { readonly type: "group"; readonly id: number; readonly ranks: readonly number[]; readonly timeoutMs: number }
  | { readonly type: "end"; readonly status: "failed" | "left"; readonly how: string; readonly culprit: number }
  | { readonly type: "finish" };

/** Which call it was, for errors. */
export interface CallPlace {
  readonly operation: string;
  readonly sequenceNumber: number;
  readonly phase: string;
}

/** Why a call cannot go on. */
export type CallProblem = CallPlace &
  (
    | { readonly kind: "failed"; readonly blamedRank: number; readonly how: string }
    | { readonly kind: "late"; readonly blamedRank: number; readonly whereabouts: string; readonly timeoutMs: number }
    | { readonly kind: "mismatch"; readonly blamedRank: number; readonly calls: readonly string[] }
    | { readonly kind: "mpi"; readonly what: string }
  );

/** What the MPI thread tells its process. */
export type FromThread =
  | { readonly type: "ready"; readonly rank: number; readonly worldSize: number; readonly version: string }
  | { readonly type: "unavailable"; readonly how: string }
  | { readonly type: "done"; readonly id: number; readonly bytes: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly type: "group"; readonly id: number; readonly group: number }
  | { readonly type: "problem"; readonly problem: CallProblem };
