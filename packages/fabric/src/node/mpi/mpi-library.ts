import { MisconfigurationError } from "@lightning-ts/core";
import type { LibraryHandle } from "koffi";
import { abiOf, type MpiAbi } from "./mpi-abi.js";

/** Names a library by its path, where it is not found by name. */
const LIBRARY_VARIABLE = "LIGHTNING_MPI_LIBRARY";
const OPEN_MPI = ["libmpi.so.40"];
/** Intel's and MPICH's own name, and the one that Debian gives it. */
const MPICH = ["libmpi.so.12", "libmpich.so.12"];

/** Functions of MPI. Handles and addresses are whole numbers, and so are the error codes that all of them return. */
export interface MpiFunctions {
  readonly initialize: (argc: null, argv: null, required: number, provided: Int32Array) => number;
  readonly finalize: () => number;
  readonly abort: (communicator: bigint, code: number) => number;
  readonly libraryVersion: (text: Uint8Array, length: Int32Array) => number;
  readonly errorText: (code: number, text: Uint8Array, length: Int32Array) => number;
  readonly setErrorHandler: (communicator: bigint, handler: bigint) => number;
  readonly rank: (communicator: bigint, rank: Int32Array) => number;
  readonly size: (communicator: bigint, size: Int32Array) => number;
  readonly duplicate: (communicator: bigint, copy: BigInt64Array) => number;
  readonly split: (communicator: bigint, color: number, key: number, part: BigInt64Array) => number;
  readonly test: (request: BigInt64Array, isDone: Int32Array, status: Int32Array) => number;
  readonly probe: (
    source: number,
    tag: number,
    communicator: bigint,
    isThere: Int32Array,
    status: Int32Array,
  ) => number;
  readonly count: (status: Int32Array, type: bigint, count: Int32Array) => number;
  readonly receive: (...message: Message<Int32Array>) => number;
  readonly startSend: (...message: Message<BigInt64Array>) => number;
  readonly startReceive: (...message: Message<BigInt64Array>) => number;
  readonly startBarrier: (communicator: bigint, request: BigInt64Array) => number;
  readonly startBroadcast: (...call: readonly [bigint, number, bigint, number, bigint, BigInt64Array]) => number;
  readonly startAllReduce: (...call: readonly [bigint, bigint, number, bigint, bigint, ...Started]) => number;
  readonly startReduce: (...call: readonly [bigint, bigint, number, bigint, bigint, number, ...Started]) => number;
  readonly startReduceScatter: (...call: readonly [bigint, bigint, number, bigint, bigint, ...Started]) => number;
  readonly startAllGather: (...call: readonly [...Parts, ...Started]) => number;
  readonly startGather: (...call: readonly [...Parts, number, ...Started]) => number;
  readonly startScatter: (...call: readonly [...Parts, number, ...Started]) => number;
  readonly startAllToAll: (...call: readonly [...Parts, ...Started]) => number;
  readonly startAllGatherBytes: (
    ...call: readonly [bigint, number, bigint, bigint, Int32Array, Int32Array, bigint, ...Started]
  ) => number;
}

type Started = [communicator: bigint, request: BigInt64Array];
type Message<TLast> = readonly [
  address: bigint,
  count: number,
  type: bigint,
  other: number,
  tag: number,
  communicator: bigint,
  last: TLast,
];
type Parts = [
  input: bigint,
  inputCount: number,
  inputType: bigint,
  output: bigint,
  outputCount: number,
  outputType: bigint,
];

/** A library of MPI that was found and opened. */
export interface Mpi {
  readonly path: string;
  readonly abi: MpiAbi;
  readonly functions: MpiFunctions;
  readonly addressOf: (buffer: ArrayBufferLike) => bigint;
}

/**
 * Opens the MPI whose `mpirun` has started this process.
 * @throws MisconfigurationError saying what to install, where there is none
 */
export async function openMpi(environment: Readonly<Record<string, string | undefined>>): Promise<Mpi> {
  const { default: koffi } = await import("koffi").catch((cause: unknown) => {
    throw unavailable(`koffi, which calls C functions, did not load: ${String(cause)}`, cause);
  });
  const reasons: string[] = [];
  for (const path of candidates(environment)) {
    try {
      // Parts that Open MPI loads later look for its names among those that everybody sees.
      const library = koffi.load(path, { global: true });
      const addressOf = (buffer: ArrayBufferLike): bigint => (buffer.byteLength === 0 ? 0n : koffi.address(buffer));
      return { path, abi: abiOf(library), functions: functionsOf(library), addressOf };
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw unavailable(`its library was not found (${reasons.join("; ")})`);
}

function candidates(environment: Readonly<Record<string, string | undefined>>): string[] {
  const given = environment[LIBRARY_VARIABLE];
  if (given !== undefined && given !== "") return [given];
  if (environment["OMPI_COMM_WORLD_SIZE"] !== undefined) return OPEN_MPI;
  return environment["PMI_SIZE"] === undefined ? [...OPEN_MPI, ...MPICH] : [...MPICH, ...OPEN_MPI];
}

function functionsOf(library: LibraryHandle): MpiFunctions {
  const define = (name: string, parameters: string) => library.func(`int MPI_${name}(${parameters})`);
  const parts = "intptr_t in, int inCount, intptr_t inType, intptr_t out, int outCount, intptr_t outType";
  const reduced = "intptr_t in, intptr_t out, int count, intptr_t type, intptr_t operation";
  const started = "intptr_t communicator, int64_t *request";
  const message = "intptr_t data, int count, intptr_t type, int other, int tag, intptr_t communicator";
  return {
    initialize: define("Init_thread", "void *argc, void *argv, int required, int *provided"),
    finalize: define("Finalize", ""),
    abort: define("Abort", "intptr_t communicator, int code"),
    libraryVersion: define("Get_library_version", "uint8_t *text, int *length"),
    errorText: define("Error_string", "int code, uint8_t *text, int *length"),
    setErrorHandler: define("Comm_set_errhandler", "intptr_t communicator, intptr_t handler"),
    rank: define("Comm_rank", "intptr_t communicator, int *rank"),
    size: define("Comm_size", "intptr_t communicator, int *size"),
    duplicate: define("Comm_dup", "intptr_t communicator, int64_t *copy"),
    split: define("Comm_split", "intptr_t communicator, int color, int key, int64_t *part"),
    test: define("Test", "int64_t *request, int *done, int *status"),
    probe: define("Iprobe", "int source, int tag, intptr_t communicator, int *there, int *status"),
    count: define("Get_count", "int *status, intptr_t type, int *count"),
    receive: define("Recv", `${message}, int *status`),
    startSend: define("Isend", `${message}, int64_t *request`),
    startReceive: define("Irecv", `${message}, int64_t *request`),
    startBarrier: define("Ibarrier", started),
    startBroadcast: define("Ibcast", `intptr_t data, int count, intptr_t type, int root, ${started}`),
    startAllReduce: define("Iallreduce", `${reduced}, ${started}`),
    startReduce: define("Ireduce", `${reduced}, int root, ${started}`),
    startReduceScatter: define("Ireduce_scatter_block", `${reduced}, ${started}`),
    startAllGather: define("Iallgather", `${parts}, ${started}`),
    startGather: define("Igather", `${parts}, int root, ${started}`),
    startScatter: define("Iscatter", `${parts}, int root, ${started}`),
    startAllToAll: define("Ialltoall", `${parts}, ${started}`),
    startAllGatherBytes: define(
      "Iallgatherv",
      `intptr_t in, int inCount, intptr_t inType, intptr_t out, int *counts, int *from, intptr_t outType, ${started}`,
    ),
  };
}

function unavailable(reason: string, cause?: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_MPI",
    message: `Processes that a cluster started reach each other by MPI, and ${reason}.`,
    expected: "the MPI whose mpirun started this process: Open MPI, MPICH or Intel MPI",
    tryThis:
      "apt install openmpi-bin (or mpich), the cluster's own module (module load openmpi), " +
      `or ${LIBRARY_VARIABLE}=/path/to/libmpi.so.40.`,
    cause,
  });
}
