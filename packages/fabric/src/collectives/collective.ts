/** Memory that takes part in a collective call. It is read and written in place. */
export type CollectiveBuffer = Float32Array | Int32Array | Uint8Array;

/** How values of several ranks become one. */
export const REDUCE_OPS = ["mean", "sum", "product", "min", "max"] as const;
export type ReduceOp = (typeof REDUCE_OPS)[number];

/** A subset of the ranks, made by `createGroup`. */
export interface ProcessGroup {
  readonly name: string;
  readonly ranks: readonly number[];
}

/** Every call has a name: when a rank does not arrive in time, the error says who waits for whom, and where. */
export interface CollectiveCall {
  /** Equal on all ranks for one call, e.g. `"gradients/bucket 3"`. */
  readonly name: string;
  /** @default the collective's own limit, 30 minutes */
  readonly timeoutMs?: number | undefined;
  /** @default all ranks */
  readonly group?: ProcessGroup | undefined;
}

/** Memory of all ranks: each writes its own, and reads that of the others. */
export interface SharedRegion {
  /** @param length of the part of the rank's memory, in float32 numbers; both counts are multiples of 16 */
  floatsOf(rank: number, start: number, length: number): Float32Array;
  /** This rank does not need it any more: a later region may be in its memory. Losing all references does it too. */
  release(): void;
}

/**
 * Work under way. Awaiting it leaves the event loop free; `join` blocks until it is done, for callers that cannot wait
 * otherwise.
 */
export interface CollectiveWork extends PromiseLike<void> {
  join(): void;
}

/**
 * Communication between ranks on plain buffers, in place. All methods start the work and return at once.
 * Calls of one group run in the order in which they were made; all ranks must make the same calls.
 * The work rejects when a rank does not arrive in time, or died; the error names the rank and the operation.
 */
export interface Collective {
  readonly kind: "collective";
  readonly name: string;
  readonly rank: number;
  readonly worldSize: number;
  /** Joins the others. Nothing else may be called before it resolved. */
  setup(): Promise<void>;
  createGroup(name: string, ranks: readonly number[]): Promise<ProcessGroup>;
  barrier(call: CollectiveCall): CollectiveWork;
  /** The buffer of `source` overwrites the others. */
  broadcast(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork;
  allReduce(buffer: CollectiveBuffer, call: CollectiveCall & { readonly op: ReduceOp }): CollectiveWork;
  /**
   * `allReduce` of several arrays as one, which spares putting them behind each other. Absent where a collective has
   * nothing better than that.
   * @param outputs as long as the inputs, and written only when the work is done; may be the inputs
   */
  allReduceParts?(
    inputs: readonly Float32Array[],
    outputs: readonly Float32Array[],
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork;
  /**
   * Memory of every rank that all of them see, for a collective whose ranks have that. It may have been another
   * region's before, which all ranks have released.
   * @param bytesOfEach the same on all ranks
   * @returns the region, once the work is done
   */
  openRegion?(bytesOfEach: number, call: CollectiveCall): CollectiveWork & { readonly region: SharedRegion };
  /** Like `allReduce`, but only the buffer of `destination` is defined afterwards. */
  reduce(
    buffer: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp; readonly destination: number },
  ): CollectiveWork;
  /** @param output one part for each rank, in rank order */
  allGather(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork;
  /** @param output as for `allGather`; read on `destination` only */
  gather(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly destination: number },
  ): CollectiveWork;
  /** @param input one part for each rank; read on `source` only */
  scatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly source: number },
  ): CollectiveWork;
  /** Reduces `input` over the ranks and leaves part `rank` of it in `output`. */
  reduceScatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork;
  /** Part `i` of `input` goes to rank `i`; part `i` of `output` comes from it. */
  allToAll(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork;
  send(buffer: CollectiveBuffer, call: CollectiveCall & { readonly destination: number }): CollectiveWork;
  receive(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork;
  /** Byte strings whose lengths may differ: what carries objects. Resolves to one for each rank, in rank order. */
  exchangeBytes(bytes: Uint8Array, call: CollectiveCall): Promise<readonly Uint8Array[]>;
  teardown(): Promise<void>;
}
