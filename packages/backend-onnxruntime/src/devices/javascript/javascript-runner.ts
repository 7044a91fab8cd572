import { availableParallelism } from "node:os";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type {
  CompiledGraph,
  CompileRequest,
  GraphRunner,
  GraphRunnerStatistics,
  GraphValueSpec,
  HostArray,
  HostDtype,
  RunGuard,
  RunTicket,
} from "../../contract/graph-runner.js";
import { EngineError } from "../../errors/engine-error.js";
import { GraphCompileError } from "../../errors/graph-compile-error.js";
import { flaggedRun, GraphRunError, skippedRun } from "../../errors/graph-run-error.js";
import { BufferPool } from "../../session/buffer-pool.js";
import { fillMemory, viewMemory } from "../../session/host-memory.js";
import {
  type BindingSession,
  type JavaScriptBinding,
  type JavaScriptTensor,
  loadJavaScriptBinding,
} from "./javascript-binding.js";
import { JavaScriptBuffer } from "./javascript-buffer.js";
import { checkDtype, viewOf } from "./javascript-values.js";
import { tensorSizeBytes } from "../../onnx-model/element-type.js";
import { SESSION_CONFIG } from "../../session/number-preserving-options.js";
import { ownBuffer, ownBuffers } from "../../session/own-buffers.js";

class JavaScriptGraph implements CompiledGraph {
  isReleased = false;
  readonly fetches: Readonly<Record<string, null>>;
  readonly inputTypes: readonly { readonly sizeBytes: number }[];
  readonly outputTypes: readonly { readonly sizeBytes: number }[];

  constructor(
    readonly session: BindingSession,
    readonly inputs: readonly GraphValueSpec[],
    readonly outputs: readonly GraphValueSpec[],
  ) {
    this.fetches = Object.fromEntries(outputs.map((output) => [output.name, null]));
    const typeOf = ({ dtype, shape }: GraphValueSpec) => ({ sizeBytes: tensorSizeBytes(dtype, shape) });
    this.inputTypes = inputs.map(typeOf);
    this.outputTypes = outputs.map(typeOf);
  }
}

class JavaScriptTicket implements RunTicket {
  readonly isSettled = true;

  constructor(
    readonly id: number,
    readonly error: GraphRunError | undefined,
  ) {}
}

/**
 * Runs graphs through `onnxruntime-node`'s JavaScript interface: where the C API cannot be called.
 * A run blocks the event loop and every output is copied.
 */
export class JavaScriptRunner implements GraphRunner {
  readonly name: string;
  readonly isAsynchronous = false;
  readonly #binding: JavaScriptBinding;
  #threads: number;
  readonly #graphs = new Set<JavaScriptGraph>();
  readonly #pool: BufferPool<JavaScriptBuffer>;
  readonly #collected: FinalizationRegistry<number>;
  #compiledGraphs = 0;
  /** The newest epoch in which something failed. */
  #failedEpoch = -1;
  #runs = 0;
  #isClosed = false;

  /** @throws EngineUnavailableError */
  constructor(options: { readonly threads?: number | undefined } = {}) {
    this.#binding = loadJavaScriptBinding();
    this.#threads = options.threads ?? availableParallelism();
    this.name = `onnxruntime-node ${this.#binding.version} (JavaScript interface)`;
    this.#collected = new FinalizationRegistry((capacityBytes) => this.#pool.forget(capacityBytes));
    this.#pool = new BufferPool<JavaScriptBuffer>({
      create: (capacityBytes) => this.#createBuffer(capacityBytes),
      discard: (buffer) => this.#collected.unregister(buffer),
      completed: () => this.#runs,
    });
  }

  chooseThreads(threads: number): void {
    if (this.#compiledGraphs === 0) this.#threads = threads;
    if (this.#threads === threads) return;
    throw new EngineError({
      code: "LIT_ENGINE_THREADS",
      message: "The number of threads cannot change once a graph has been compiled.",
      expected: String(this.#threads),
      received: String(threads),
      tryThis: "set it in the first line of the program, before anything is computed.",
    });
  }

  allocate(sizeBytes: number): GraphBuffer {
    return this.#pool.allocate(sizeBytes);
  }

  free(buffer: GraphBuffer): void {
    this.#pool.free(ownBuffer(JavaScriptBuffer, buffer));
  }

  upload(buffer: GraphBuffer, dtype: HostDtype, values: ArrayLike<number>): void {
    fillMemory(ownBuffer(JavaScriptBuffer, buffer).memory, dtype, values);
  }

  download(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray {
    return this.view(buffer, dtype, count).slice();
  }

  view(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray {
    return viewMemory(ownBuffer(JavaScriptBuffer, buffer).memory, dtype, count);
  }

  compile(request: CompileRequest): CompiledGraph {
    this.#checkOpen();
    const session = this.#binding.newSession();
    const { model } = request;
    try {
      for (const value of [...request.inputs, ...request.outputs]) checkDtype(value);
      session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
        graphOptimizationLevel: "extended",
        enableMemPattern: false,
        intraOpNumThreads: this.#threads,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
        extra: nested(SESSION_CONFIG),
      });
    } catch (cause) {
      throw cause instanceof GraphCompileError ? cause : new GraphCompileError(messageOf(cause));
    }
    const graph = new JavaScriptGraph(session, request.inputs, request.outputs);
    this.#graphs.add(graph);
    this.#compiledGraphs += 1;
    return graph;
  }

  start(
    graph: CompiledGraph,
    inputs: readonly GraphBuffer[],
    outputs: readonly GraphBuffer[],
    guard?: RunGuard,
  ): RunTicket {
    this.#checkOpen();
    if (!(graph instanceof JavaScriptGraph) || graph.isReleased) {
      throw new EngineError({
        code: "LIT_ENGINE_RELEASED",
        message: "This graph was released or belongs to another runner.",
      });
    }
    const ownInputs = ownBuffers(JavaScriptBuffer, inputs, graph.inputTypes);
    const ownOutputs = ownBuffers(JavaScriptBuffer, outputs, graph.outputTypes);
    this.#runs += 1;
    const error = this.#runGuarded(graph, ownInputs, ownOutputs, guard);
    if (error !== undefined && guard !== undefined) this.#failedEpoch = Math.max(this.#failedEpoch, guard.epoch);
    return new JavaScriptTicket(this.#runs, error);
  }

  hasEnded(ticket: RunTicket): boolean {
    return ticket.isSettled;
  }

  join(ticket: RunTicket): void {
    const error = errorOf(ticket);
    if (error !== undefined) throw error;
  }

  wait(ticket: RunTicket): Promise<void> {
    const error = errorOf(ticket);
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  }

  release(graph: CompiledGraph): void {
    if (!(graph instanceof JavaScriptGraph) || graph.isReleased) return;
    graph.isReleased = true;
    graph.session.dispose();
    this.#graphs.delete(graph);
  }

  statistics(): GraphRunnerStatistics {
    return {
      allocatedBytes: this.#pool.allocatedBytes,
      pooledBytes: this.#pool.pooledBytes,
      liveGraphs: this.#graphs.size,
      compiledGraphs: this.#compiledGraphs,
      runs: this.#runs,
      threads: this.#threads,
    };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const graph of this.#graphs) this.release(graph);
    this.#pool.clear();
    return Promise.resolve();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new EngineError({ code: "LIT_ENGINE_CLOSED", message: "This runner was closed." });
  }

  #createBuffer(capacityBytes: number): JavaScriptBuffer {
    const buffer = new JavaScriptBuffer(new ArrayBuffer(capacityBytes), capacityBytes);
    this.#collected.register(buffer, capacityBytes, buffer);
    return buffer;
  }

  #runGuarded(
    graph: JavaScriptGraph,
    inputs: readonly JavaScriptBuffer[],
    outputs: readonly JavaScriptBuffer[],
    guard: RunGuard | undefined,
  ): GraphRunError | undefined {
    if (guard !== undefined && guard.epoch <= this.#failedEpoch) return skippedRun();
    const error = this.#run(graph, inputs, outputs);
    if (error !== undefined || guard?.flag === undefined) return error;
    const [flag = 0] = this.view(guard.flag, "int32", 1);
    return flag === 0 ? undefined : flaggedRun(flag);
  }

  #run(
    graph: JavaScriptGraph,
    inputs: readonly JavaScriptBuffer[],
    outputs: readonly JavaScriptBuffer[],
  ): GraphRunError | undefined {
    try {
      const feeds: Record<string, JavaScriptTensor> = {};
      graph.inputs.forEach((spec, index) => {
        const buffer = inputs[index];
        if (buffer !== undefined)
          feeds[spec.name] = this.#binding.newTensor(spec.dtype, viewOf(buffer.memory, spec), spec.shape);
      });
      const results = graph.session.run(feeds, graph.fetches, {});
      graph.outputs.forEach((spec, index) => {
        const data = results[spec.name]?.data;
        const target = outputs[index];
        if (data !== undefined && target !== undefined)
          new Uint8Array(target.memory).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      });
      return undefined;
    } catch (cause) {
      return new GraphRunError(messageOf(cause));
    }
  }
}

function errorOf(ticket: RunTicket): GraphRunError | undefined {
  if (ticket instanceof JavaScriptTicket) return ticket.error;
  throw new EngineError({ code: "LIT_ENGINE_TICKET", message: "This ticket was not issued by this runner." });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** `a.b: "c"` becomes `{ a: { b: "c" } }`, the form in which the package takes configuration entries. */
function nested(entries: Readonly<Record<string, string>>): Record<string, Record<string, string>> {
  const result: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(entries)) {
    const dot = key.indexOf(".");
    const group = (result[key.slice(0, dot)] ??= {});
    group[key.slice(dot + 1)] = value;
  }
  return result;
}
