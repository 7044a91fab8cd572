/** Memory that takes part in a call. */
export type MessageBuffer = Float32Array | Int32Array | Uint8Array;

/** A call that the processes of a group make together, or two of them. */
export interface MessageCall {
  readonly kind:
    | "barrier"
    | "broadcast"
    | "allReduce"
    | "reduce"
    | "reduceScatter"
    | "allGather"
    | "gather"
    | "scatter"
    | "allToAll"
    | "send"
    | "receive"
    | "exchangeBytes";
  /** The operation with its name, for messages. */
  readonly operation: string;
  /** All that the others must say alike: operation, name, length, type, reduction and root. */
  readonly description: string;
  /** What `createGroup` gave; 0 for all processes. */
  readonly group: number;
  readonly numberType: "float32" | "int32" | "uint8";
  readonly reduction: "sum" | "product" | "min" | "max";
  /** Which member has or gets the whole, or the other one of two; 0 where that means nothing. */
  readonly root: number;
  readonly input?: MessageBuffer | undefined;
  readonly output?: MessageBuffer | undefined;
  readonly timeoutMs: number;
}

/** A call under way. */
export interface StartedCall {
  /** What `exchangeBytes` gets, one for each member; nothing for the others. */
  readonly done: Promise<readonly Uint8Array[]>;
  /** Blocks until it is over. */
  join(): void;
}

/** The processes that somebody else has started to work together. */
export interface MessageProcesses {
  readonly rank: number;
  readonly worldSize: number;
  /** Native threads that this process may have. */
  readonly threads: number;
  start(call: MessageCall): StartedCall;
  /** All processes call it in the same order, those outside of the group too. @returns the group's number */
  createGroup(ranks: readonly number[], timeoutMs: number): Promise<number>;
  /** What this process is at, for the others' messages. */
  setPhase(phase: string): void;
  /** Says that this process will not make any call more, and wakes those who wait for it. */
  end(status: "failed" | "left", how: string): void;
}

export interface MessageRequest {
  readonly rank: number;
  readonly worldSize: number;
  /** How many of the processes are on this machine. */
  readonly localRanks: number;
  /** Who has started the processes, for messages. */
  readonly startedBy: string;
  /** How long this process waits at its end for the others. */
  readonly timeoutMs: number;
}

/** How processes of a cluster reach each other: MPI. */
export interface MessagePassing {
  /**
   * Joins the processes that were started with this one, once for the process.
   * @throws MisconfigurationError where no library is there, or where it knows other processes than were started
   */
  join(request: MessageRequest): Promise<MessageProcesses>;
}
