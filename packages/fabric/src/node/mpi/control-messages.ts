import type { ThreadMpi } from "./thread-mpi.js";

/** Where a rank stands in the calls of one group. */
export interface GroupPlace {
  readonly number: number;
  readonly operation: string;
  readonly isInside: boolean;
}

/** What ranks tell each other beside their calls. */
export type ControlMessage =
  /** What this rank calls, where it makes a call that it has not made in this order before. */
  | { readonly kind: "call"; readonly group: string; readonly number: number; readonly description: string }
  /** This rank makes no call more. */
  | {
      readonly kind: "ended";
      readonly status: "failed" | "left";
      readonly how: string;
      /** The rank because of which this one has failed, itself in most cases. */
      readonly culprit: number;
      readonly calls: Readonly<Record<string, number>>;
    }
  | { readonly kind: "where" }
  | {
      readonly kind: "here";
      readonly processId: number;
      readonly phase: string;
      readonly places: Readonly<Record<string, GroupPlace>>;
    };

/** Messages from thread to thread, on a communicator of their own: they arrive whatever the program does. */
export class ControlMessages {
  readonly #mpi: ThreadMpi;
  readonly #communicator: bigint;
  /** Those that MPI has not taken over yet. */
  #underWay: (() => boolean)[] = [];

  constructor(mpi: ThreadMpi) {
    this.#mpi = mpi;
    this.#communicator = mpi.duplicate();
  }

  send(to: readonly number[], message: ControlMessage): void {
    const { abi, functions, addressOf } = this.#mpi.mpi;
    const bytes = new TextEncoder().encode(JSON.stringify(message)).slice();
    const address = addressOf(bytes.buffer);
    for (const rank of to) {
      const begin = (request: BigInt64Array): number =>
        functions.startSend(address, bytes.length, abi.types.uint8, rank, 0, this.#communicator, request);
      this.#underWay.push(this.#mpi.start("MPI_Isend", begin, [bytes]));
    }
  }

  /** Takes what has come. */
  poll(take: (source: number, message: ControlMessage) => void): void {
    if (this.#underWay.length > 0) this.#underWay = this.#underWay.filter((isOver) => !isOver());
    for (;;) {
      const next = this.#mpi.nextMessage(this.#communicator);
      if (next === undefined) return;
      // Only this file writes them.
      const message: ControlMessage = JSON.parse(new TextDecoder().decode(next.bytes));
      take(next.source, message);
    }
  }

  get isSending(): boolean {
    return this.#underWay.length > 0;
  }
}
