import type { ProgramRequest } from "./elementwise-program.js";
import type { GraphBuffer } from "./graph-buffer.js";
import type { DeviceCopies } from "./device-copies.js";
import type { BufferPiece } from "./buffer-piece.js";
import type { GraphTarget } from "./graph-builder.js";
import type { GraphDtype } from "./graph-dtype.js";
import type { ScatterRequest } from "./scatter-program.js";

/** Element type and shape of one input or output of a compiled graph. */
export interface GraphValueSpec {
  readonly name: string;
  readonly dtype: GraphDtype;
  readonly shape: readonly number[];
}

/** Element types of tensors whose values the host writes and reads. */
export type HostDtype = "float32" | "int32" | "bool";
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** Who writes a buffer, and where it is best. */
export type BufferPlace = "device" | "host" | "result";

/** What makes a run worthless although ONNX Runtime could run it. */
export interface RunGuard {
  /**
   * A whole number that never goes down from run to run. When a run fails, later ones of the same or an earlier epoch
   * are skipped: they were started before the failure was known.
   */
  readonly epoch: number;
  /**
   * The int32 scalar among the outputs that tells whether the run counts as failed: a number above 0 says which check.
   */
  readonly flag?: GraphBuffer | undefined;
}

/** A graph that was compiled once and can run any number of times, one run at a time. */
export interface CompiledGraph {
  readonly inputs: readonly GraphValueSpec[];
  readonly outputs: readonly GraphValueSpec[];
}

/** When a run began and ended, in milliseconds of `performance.now()`. */
export interface RunTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/** One started run. */
export interface RunTicket {
  readonly id: number;
  /** True once `join` or `wait` has returned for this run. */
  readonly isSettled: boolean;
  /** Known once the run is settled, where runs are measured; absent for one that was passed over. */
  readonly times?: RunTimes | undefined;
}

export interface CompileRequest {
  /** A serialized ONNX `ModelProto`. */
  readonly model: Uint8Array;
  readonly inputs: readonly GraphValueSpec[];
  readonly outputs: readonly GraphValueSpec[];
  /** Several threads would take as long as one. @default false */
  readonly hasOneThread?: boolean | undefined;
  /** Names of nodes that a device is to leave to the processor, where it can be told. @default none */
  readonly onProcessor?: readonly string[] | undefined;
  /** The graph is refused if its device would leave a node to the processor. @default false */
  readonly isWhole?: boolean | undefined;
  /**
   * Where its nodes' times are to be written when it is released: a file whose name begins with this path, in ONNX
   * Runtime's own form. Only for runners that measure runs.
   */
  readonly profilePrefix?: string | undefined;
}

/**
 * Whatever executes ONNX graphs. Runs are executed in the order in which they were started, one at a time,
 * so a later run may consume a buffer that an earlier one writes.
 */
export interface GraphRunner {
  /** Shown to users, e.g. `"onnxruntime C API 1.30.0"`. */
  readonly name: string;
  /** What its graphs are to be made of. @default `undefined`: everything that the processor has */
  readonly target?: GraphTarget | undefined;
  /** Whether `start` returns before the run has ended. */
  readonly isAsynchronous: boolean;
  /**
   * Memory of at least that many bytes; its content is undefined.
   * @param place `"host"` for few numbers that the host writes for one run, or reads after it: the numbers of a step,
   * the flag of a run. A device with memory of its own copies them with the run. `"result"` for what only runs write:
   * runs that were started before may still touch it. @default "device"
   */
  allocate(sizeBytes: number, place?: BufferPlace): GraphBuffer;
  /** Gives memory back for reuse. The caller promises that nobody reads it any more, apart from runs in flight. */
  free(buffer: GraphBuffer): void;
  /**
   * A buffer over memory of somebody else, which `free` leaves as it is; the same array has the same one. Absent where
   * the device does not compute in the host's memory.
   * @param memory begins at a multiple of 64 bytes, and stays where it is
   */
  adopt?(memory: Float32Array): GraphBuffer;
  /** Copies values of the host into a buffer that no run in flight touches. Booleans become 0 and 1. */
  upload(buffer: GraphBuffer, dtype: HostDtype, values: ArrayLike<number>): void;
  /** A copy of the first `count` elements. The caller has waited for the run that writes them. */
  download(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray;
  /**
   * `download` with the event loop free, where a device has to be waited for. A runner without it has the values at
   * hand.
   */
  fetch?(buffer: GraphBuffer, dtype: HostDtype, count: number): Promise<HostArray>;
  /**
   * The first `count` elements without a copy, where the host can see them: memory that it shares with the device, or
   * what it has uploaded. Valid until the buffer is freed or written.
   */
  view?(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray | undefined;
  /** @throws GraphCompileError naming the node that ONNX Runtime refused */
  compile(request: CompileRequest): CompiledGraph;
  /**
   * Starts a run; `inputs` and `outputs` are in the order of the specs and stay pinned until it has ended.
   * Without a guard it runs whatever happened before.
   */
  start(
    graph: CompiledGraph,
    inputs: readonly GraphBuffer[],
    outputs: readonly GraphBuffer[],
    guard?: RunGuard,
  ): RunTicket;
  /**
   * `start` for a graph whose inputs are pieces of buffers. A runner without it gets programs' kernels as parts of
   * graphs.
   */
  startOnPieces?(
    graph: CompiledGraph,
    inputs: readonly BufferPiece[],
    outputs: readonly GraphBuffer[],
    guard?: RunGuard,
  ): RunTicket;
  /**
   * Starts a program, in order with the graphs' runs. A runner without it gets programs' kernels as parts of graphs.
   */
  startProgram?(request: ProgramRequest, guard?: RunGuard): RunTicket;
  /**
   * Starts a scatter, like `startProgram`. With an index out of range it counts as flagged, number 1, and leaves its
   * table undefined.
   */
  startScatter?(request: ScatterRequest, guard?: RunGuard): RunTicket;
  /** Whether the run has ended; does not wait. */
  hasEnded(ticket: RunTicket): boolean;
  /** Blocks until the run has ended. @throws GraphRunError */
  join(ticket: RunTicket): void;
  /** Resolves when the run has ended; the event loop stays free. Rejects with GraphRunError. */
  wait(ticket: RunTicket): Promise<void>;
  /** Releases a compiled graph once its runs have ended. */
  release(graph: CompiledGraph): void;
  /** Takes another number of threads. @throws EngineError once they have started in another number */
  chooseThreads?(threads: number): void;
  /** Starts the threads now rather than with the first graph. */
  open?(): void;
  /** Has runs that are started from now on measured, or no longer. Absent where the runner cannot. */
  measureRuns?(isMeasured: boolean): void;
  /** Bytes allocated and in use, threads, runs so far. */
  statistics(): GraphRunnerStatistics;
  /** Waits for runs in flight and gives everything back; calling it twice is harmless. */
  close(): Promise<void>;
}

export interface GraphRunnerStatistics {
  readonly allocatedBytes: number;
  readonly pooledBytes: number;
  readonly liveGraphs: number;
  readonly compiledGraphs: number;
  readonly runs: number;
  readonly threads: number;
  /** Absent where host and device share memory. What a graph copies within itself is not among them. */
  readonly copies?: DeviceCopies | undefined;
}
