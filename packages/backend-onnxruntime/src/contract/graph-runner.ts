import type { ProgramRequest } from "./elementwise-program.js";

/** Element types a graph's inputs and outputs may have. */
export type GraphDtype = "float32" | "float16" | "bfloat16" | "int32" | "int64" | "uint32" | "uint8" | "bool";

/** Element type and shape of one input or output of a compiled graph. */
export interface GraphValueSpec {
  readonly name: string;
  readonly dtype: GraphDtype;
  readonly shape: readonly number[];
}

/**
 * Memory that a runner can read and write without a copy.
 * It lives as long as somebody references the object; a run pins what it touches.
 */
export interface GraphBuffer {
  /** Off-heap memory of at least `sizeBytes` bytes. */
  readonly memory: ArrayBuffer;
  readonly sizeBytes: number;
}

/** A graph that was compiled once and can run any number of times, one run at a time. */
export interface CompiledGraph {
  readonly inputs: readonly GraphValueSpec[];
  readonly outputs: readonly GraphValueSpec[];
}

/** One started run. */
export interface RunTicket {
  readonly id: number;
  /** True once `join` or `wait` has returned for this run. */
  readonly isSettled: boolean;
}

export interface CompileRequest {
  /** A serialized ONNX `ModelProto`. */
  readonly model: Uint8Array;
  readonly inputs: readonly GraphValueSpec[];
  readonly outputs: readonly GraphValueSpec[];
}

/**
 * Whatever executes ONNX graphs. Runs are executed in the order in which they were started, one at a time,
 * so a later run may consume a buffer that an earlier one writes.
 */
export interface GraphRunner {
  /** Shown to users, e.g. `"onnxruntime C API 1.30.0"`. */
  readonly name: string;
  /** Whether `start` returns before the run has ended. */
  readonly isAsynchronous: boolean;
  /** Memory for one input or output; its content is undefined. */
  allocate(sizeBytes: number): GraphBuffer;
  /** Gives memory back for reuse. The caller promises that nobody reads it any more, apart from runs in flight. */
  free(buffer: GraphBuffer): void;
  /** @throws GraphCompileError naming the node that ONNX Runtime refused */
  compile(request: CompileRequest): CompiledGraph;
  /** Starts a run; `inputs` and `outputs` are in the order of the specs and stay pinned until it has ended. */
  start(graph: CompiledGraph, inputs: readonly GraphBuffer[], outputs: readonly GraphBuffer[]): RunTicket;
  /** Starts a program, in order with the graphs' runs. A runner without it gets programs' kernels as parts of graphs. */
  startProgram?(request: ProgramRequest): RunTicket;
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
}
