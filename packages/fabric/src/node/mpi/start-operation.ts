import type { ThreadCall } from "./thread-messages.js";
import type { ThreadMpi } from "./thread-mpi.js";

/** Members of a group that calls something together. */
export interface Communicator {
  readonly handle: bigint;
  /** Which member this process is. */
  readonly member: number;
  readonly size: number;
}

/** Starts the transfer of a call. @returns asks whether it is over */
export function startOperation(
  mpi: ThreadMpi,
  { handle, member, size }: Communicator,
  call: ThreadCall,
): () => boolean {
  const { abi, functions } = mpi.mpi;
  const { input, output, inputLength, outputLength, root } = call;
  const type = abi.types[call.numberType];
  const reduction = abi.reductions[call.reduction];
  /** For who sends as much to each, or gets as much from each. */
  const parts = (count: number) => [input, count, type, output, count, type] as const;
  return mpi.start(`MPI, in ${call.operation}`, (request) => {
    const end = [handle, request] as const;
    switch (call.kind) {
      case "barrier":
        return functions.startBarrier(...end);
      case "broadcast":
        return functions.startBroadcast(output, outputLength, type, root, ...end);
      case "allReduce":
        return functions.startAllReduce(abi.inPlace, output, outputLength, type, reduction, ...end);
      case "reduce": {
        const own = member === root ? abi.inPlace : output;
        return functions.startReduce(own, output, outputLength, type, reduction, root, ...end);
      }
      case "reduceScatter":
        return functions.startReduceScatter(input, output, outputLength, type, reduction, ...end);
      case "allGather":
        return functions.startAllGather(...parts(inputLength), ...end);
      case "gather":
        return functions.startGather(...parts(inputLength), root, ...end);
      case "scatter":
        return functions.startScatter(...parts(outputLength), root, ...end);
      case "allToAll":
        return functions.startAllToAll(...parts(inputLength / size), ...end);
      case "send":
        return functions.startSend(input, inputLength, type, root, DATA_TAG, ...end);
      case "receive":
        return functions.startReceive(output, outputLength, type, root, DATA_TAG, ...end);
      case "exchangeBytes":
        throw new TypeError("unreachable: bytes are exchanged in two steps");
      default:
        return call.kind satisfies never;
    }
  });
}

const DATA_TAG = 1;

/** Byte strings of any lengths, from each member to all: their lengths first. */
export function* exchangeSteps(
  mpi: ThreadMpi,
  { handle, size }: Communicator,
  bytes: Uint8Array,
  take: (all: readonly Uint8Array<ArrayBuffer>[]) => void,
): Generator<() => boolean, void> {
  const { abi, functions, addressOf } = mpi.mpi;
  const { int32, uint8 } = abi.types;
  const [own, lengths, from] = [Int32Array.of(bytes.length), new Int32Array(size), new Int32Array(size)];
  yield mpi.start(
    "MPI_Iallgather",
    (request) =>
      functions.startAllGather(addressOf(own.buffer), 1, int32, addressOf(lengths.buffer), 1, int32, handle, request),
    [own, lengths],
  );
  for (let member = 1; member < size; member += 1) from[member] = (from[member - 1] ?? 0) + (lengths[member - 1] ?? 0);
  const all = new Uint8Array((from[size - 1] ?? 0) + (lengths[size - 1] ?? 0));
  const sent = bytes.slice();
  const [input, output] = [addressOf(sent.buffer), addressOf(all.buffer)];
  yield mpi.start(
    "MPI_Iallgatherv",
    (request) =>
      functions.startAllGatherBytes(input, sent.length, uint8, output, lengths, from, uint8, handle, request),
    [sent, all, lengths, from],
  );
  take(Array.from(lengths, (length, member) => all.slice(from[member], (from[member] ?? 0) + length)));
}
