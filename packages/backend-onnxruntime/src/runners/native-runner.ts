import { availableParallelism } from "node:os";
import type { ProgramRequest } from "../contract/elementwise-program.js";
import type { ScatterRequest } from "../contract/scatter-program.js";
import type { GraphBuffer } from "../contract/graph-buffer.js";
import type {
  CompiledGraph,
  CompileRequest,
  GraphRunner,
  GraphRunnerStatistics,
  HostArray,
  HostDtype,
  RunGuard,
  RunTicket,
} from "../contract/graph-runner.js";
import type { BufferPiece } from "../contract/buffer-piece.js";
import { EngineError } from "../errors/engine-error.js";
import { flaggedRun, GraphRunError, skippedRun } from "../errors/graph-run-error.js";
import { allocateAligned } from "./aligned-memory.js";
import { BufferPool } from "./buffer-pool.js";
import { SKIPPED } from "./executor-layout.js";
import { fillMemory, viewMemory } from "./host-memory.js";
import { type BufferValues, NativeBuffer } from "./native-buffer.js";
import { programRequestBytes, writeProgramRequest } from "./program-request.js";
import { badIndexOf, scatterRequestBytes, writeScatterRequest } from "./scatter-request.js";
import { scatterRows } from "../programs/scatter-plan.js";
import { createNativeGraph, NativeGraph, type ValueType } from "./native-graph.js";
import { addressOf, PointerVariable } from "./native-memory.js";
import { NativeTicket, ownTicket } from "./native-ticket.js";
import type { Pointer } from "./ort-api.js";
import { openForRuns, type OpenedRuntime } from "./opened-runtime.js";
import { prepareRuntime, type RuntimeOptions, type SessionSettings } from "./ort-runtime.js";
import { ownBuffer, ownBuffers } from "./own-buffers.js";
import type { RunInFlight } from "./run-in-flight.js";
import { slotGuard } from "./slot-guard.js";

/** Shapes remembered for one piece of memory before the oldest are forgotten. */
const VALUES_PER_BUFFER = 8;

/** Runs graphs through ONNX Runtime's C API on an executor thread, over buffers that both sides share. */
export class NativeRunner implements GraphRunner {
  readonly name: string;
  readonly isAsynchronous = true;
  #options: RuntimeOptions & SessionSettings;
  #opened: OpenedRuntime | undefined;
  readonly #pool: BufferPool<NativeBuffer>;
  readonly #out = new PointerVariable();
  readonly #graphs = new Set<NativeGraph>();
  readonly #collected: FinalizationRegistry<BufferValues>;
  #inFlight: RunInFlight[] = [];
  #releasing: NativeGraph[] = [];
  #compiledGraphs = 0;
  #closing: Promise<void> | undefined;

  /** @throws EngineUnavailableError, EngineError */
  constructor(options: RuntimeOptions & SessionSettings) {
    this.#options = options;
    this.name = `onnxruntime C API ${prepareRuntime(options).version}`;
    this.#collected = new FinalizationRegistry((values) => {
      this.#pool.forget(values.capacityBytes);
      this.#releaseValues(values);
    });
    this.#pool = new BufferPool<NativeBuffer>({
      create: (capacityBytes) => this.#createBuffer(capacityBytes),
      discard: (buffer) => this.#discardBuffer(buffer),
      completed: () => this.#opened?.queue.completed ?? 0,
    });
  }

  chooseThreads(threads: number): void {
    const options = { ...this.#options, threads };
    prepareRuntime(options);
    this.#options = options;
  }

  open(): void {
    this.#checkOpen();
    this.#openNow();
  }

  measureRuns(isMeasured: boolean): void {
    this.#openNow().queue.measure(isMeasured);
  }

  /** Starts the threads with the first call. */
  #openNow(): OpenedRuntime {
    this.#opened ??= openForRuns(this.#options);
    return this.#opened;
  }

  allocate(sizeBytes: number): GraphBuffer {
    return this.#pool.allocate(sizeBytes);
  }

  free(buffer: GraphBuffer): void {
    this.#pool.free(ownBuffer(NativeBuffer, buffer));
  }

  upload(buffer: GraphBuffer, dtype: HostDtype, values: ArrayLike<number>): void {
    fillMemory(ownBuffer(NativeBuffer, buffer).memory, dtype, values);
  }

  download(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray {
    return this.view(buffer, dtype, count).slice();
  }

  view(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray {
    return viewMemory(ownBuffer(NativeBuffer, buffer).memory, dtype, count);
  }

  compile(request: CompileRequest): CompiledGraph {
    this.#checkOpen();
    const { runtime, sessionOptions } = this.#openNow();
    const graph = createNativeGraph(runtime, sessionOptions, request);
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
    return this.#start(graph, inputs, outputs, guard);
  }

  startOnPieces(
    graph: CompiledGraph,
    inputs: readonly BufferPiece[],
    outputs: readonly GraphBuffer[],
    guard?: RunGuard,
  ): RunTicket {
    const starts = inputs.map(({ startBytes }) => startBytes);
    return this.#start(
      graph,
      inputs.map(({ buffer }) => buffer),
      outputs,
      guard,
      starts,
    );
  }

  /** @param starts bytes at which the inputs begin in their buffers; @default 0 */
  #start(
    graph: CompiledGraph,
    inputs: readonly GraphBuffer[],
    outputs: readonly GraphBuffer[],
    guard: RunGuard | undefined,
    starts?: readonly number[],
  ): RunTicket {
    this.#checkOpen();
    if (!(graph instanceof NativeGraph) || graph.isReleased) {
      throw new EngineError({
        code: "LIT_ENGINE_RELEASED",
        message: "This graph was released or belongs to another runner.",
      });
    }
    this.#makeRoom();
    const ownInputs = ownBuffers(NativeBuffer, inputs, starts === undefined ? graph.inputTypes : graph.endsOf(starts));
    const ownOutputs = ownBuffers(NativeBuffer, outputs, graph.outputTypes);
    const { queue } = this.#openNow();
    const block = graph.idleBlock(queue.completed);
    const id = queue.submitted + 1;
    this.#bind(block.inputs, graph.inputTypes, ownInputs, id, starts);
    this.#bind(block.outputs, graph.outputTypes, ownOutputs, id);
    block.lastRun = id;
    graph.lastRun = id;
    const run = {
      session: graph.session,
      inputNames: graph.inputNames.address,
      inputValues: block.inputsAddress,
      inputCount: graph.inputs.length,
      outputNames: graph.outputNames.address,
      outputCount: graph.outputs.length,
      outputValues: block.outputsAddress,
    };
    queue.submit(run, slotGuard(guard));
    const ticket = new NativeTicket(id);
    this.#inFlight.push({ ticket, graph, inputs: ownInputs, outputs: ownOutputs });
    return ticket;
  }

  startProgram(request: ProgramRequest, guard?: RunGuard): RunTicket {
    this.#checkOpen();
    this.#makeRoom();
    const sizes = request.elementCounts.map((count) => ({ sizeBytes: count * Float32Array.BYTES_PER_ELEMENT }));
    const inputs = ownBuffers(NativeBuffer, request.inputs, sizes, request.program.inputCount);
    const outputs = ownBuffers(NativeBuffer, request.outputs, sizes, request.program.outputCount);
    const { queue } = this.#openNow();
    const sizeBytes = programRequestBytes(request);
    const memo = this.#pool.allocate(sizeBytes);
    const buffers = [...inputs, ...outputs];
    writeProgramRequest(memo.memory, queue.programId(request.program), request, buffers);
    const id = queue.submitted + 1;
    for (const buffer of [...buffers, memo]) buffer.lastRun = id;
    queue.submitProgram(memo.values.address, sizeBytes, slotGuard(guard));
    this.#pool.free(memo);
    const ticket = new NativeTicket(id);
    this.#inFlight.push({ ticket, graph: undefined, inputs, outputs: [...outputs, memo] });
    return ticket;
  }

  startScatter({ program, ...request }: ScatterRequest, guard?: RunGuard): RunTicket {
    this.#checkOpen();
    this.#makeRoom();
    const { count, width, extents } = program.task;
    const elements = [count * width, count * extents.length, scatterRows(program.task) * width];
    const buffers = ownBuffers(
      NativeBuffer,
      [request.updates, request.indices, request.table],
      elements.map((length) => ({ sizeBytes: length * 4 })),
    );
    const [updates, indices, table] = buffers;
    if (updates === undefined || indices === undefined || table === undefined)
      throw new RangeError("A scatter has three buffers.");
    const { queue } = this.#openNow();
    const sizeBytes = scatterRequestBytes(program);
    const memo = this.#pool.allocate(sizeBytes);
    const id = queue.submitted + 1;
    const addresses = { updates: updates.values.address, indices: indices.values.address, table: table.values.address };
    writeScatterRequest(memo.memory, queue.programId(program), program, addresses);
    for (const buffer of [...buffers, memo]) buffer.lastRun = id;
    queue.submitProgram(memo.values.address, sizeBytes, slotGuard(guard));
    const ticket = new NativeTicket(id);
    const explain = () => badIndexOf(memo.memory, program);
    this.#inFlight.push({
      ticket,
      graph: undefined,
      inputs: [updates, indices],
      outputs: [table],
      memo: { buffer: memo, explain },
    });
    return ticket;
  }

  hasEnded(ticket: RunTicket): boolean {
    return ownTicket(ticket).id <= this.#openNow().queue.completed;
  }

  join(ticket: RunTicket): void {
    const own = ownTicket(ticket);
    if (!own.isSettled) this.#joinAndSettle(own);
    if (own.error !== undefined) throw own.error;
  }

  async wait(ticket: RunTicket): Promise<void> {
    const own = ownTicket(ticket);
    if (!own.isSettled) {
      await this.#openNow().queue.wait(own.id);
      this.#settle();
    }
    if (own.error !== undefined) throw own.error;
  }

  release(graph: CompiledGraph): void {
    if (!(graph instanceof NativeGraph) || graph.isReleased) return;
    graph.isReleased = true;
    this.#releasing.push(graph);
    this.#settle();
  }

  statistics(): GraphRunnerStatistics {
    this.#settle();
    return {
      allocatedBytes: this.#pool.allocatedBytes,
      pooledBytes: this.#pool.pooledBytes,
      liveGraphs: this.#graphs.size,
      compiledGraphs: this.#compiledGraphs,
      runs: this.#opened?.queue.submitted ?? 0,
      threads: this.#opened?.runtime.threads ?? this.#options.threads ?? availableParallelism(),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#opened === undefined) return;
    const { queue, runtime, sessionOptions } = this.#opened;
    await queue.wait(queue.submitted);
    await queue.close();
    for (const graph of this.#graphs) this.release(graph);
    this.#settle();
    this.#pool.clear();
    runtime.api.functions.releaseSessionOptions(sessionOptions);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined)
      throw new EngineError({ code: "LIT_ENGINE_CLOSED", message: "This runner was closed." });
  }

  /** Waits until the queue takes another run. */
  #makeRoom(): void {
    this.#settle();
    const oldest = this.#inFlight[0];
    if (oldest !== undefined && this.#inFlight.length >= this.#openNow().queue.capacity)
      this.#joinAndSettle(oldest.ticket);
  }

  #createBuffer(capacityBytes: number): NativeBuffer {
    const buffer = new NativeBuffer(allocateAligned(capacityBytes), capacityBytes);
    this.#collected.register(buffer, buffer.values, buffer);
    return buffer;
  }

  #discardBuffer(buffer: NativeBuffer): void {
    this.#collected.unregister(buffer);
    this.#releaseValues(buffer.values);
  }

  #releaseValues(values: BufferValues): void {
    for (const value of values.list) this.#openNow().runtime.api.functions.releaseValue(value.pointer);
    values.list.length = 0;
  }

  #bind(
    pointers: BigUint64Array,
    types: readonly ValueType[],
    buffers: readonly NativeBuffer[],
    runId: number,
    starts?: readonly number[],
  ): void {
    for (let index = 0; index < types.length; index += 1) {
      const buffer = buffers[index];
      const type = types[index];
      if (buffer === undefined || type === undefined) continue;
      buffer.lastRun = runId;
      pointers[index] = this.#valueOf(buffer, type, starts?.[index] ?? 0);
    }
  }

  #valueOf(buffer: NativeBuffer, type: ValueType, startBytes: number): Pointer {
    const { list } = buffer.values;
    for (const value of list) if (value.valueType === type.id && value.startBytes === startBytes) return value.pointer;
    if (list.length >= VALUES_PER_BUFFER && buffer.lastRun <= this.#openNow().queue.completed)
      this.#releaseValues(buffer.values);
    const { api, memoryInfo } = this.#openNow().runtime;
    const shape = addressOf(type.shape);
    api.call(
      "createTensorWithDataAsOrtValue",
      memoryInfo,
      buffer.values.address + BigInt(startBytes),
      type.sizeBytes,
      shape,
      type.rank,
      type.elementType,
      this.#out.address,
    );
    const pointer = this.#out.take();
    list.push({ valueType: type.id, startBytes, pointer });
    return pointer;
  }

  #joinAndSettle(ticket: NativeTicket): void {
    this.#openNow().queue.join(ticket.id);
    this.#settle();
  }

  /** Notes which runs have completed and gives back what waited for them. */
  #settle(): void {
    if (this.#opened === undefined) return;
    const { completed } = this.#opened.queue;
    let count = 0;
    for (const run of this.#inFlight) {
      if (run.ticket.id > completed) break;
      count += 1;
      run.ticket.error = this.#errorOf(run);
      run.ticket.times = this.#opened.queue.timesOf(run.ticket.id);
      run.ticket.isSettled = true;
      if (run.memo !== undefined) this.#pool.free(run.memo.buffer);
    }
    if (count > 0) this.#inFlight.splice(0, count);
    this.#pool.reclaim();
    if (this.#releasing.length > 0) this.#releaseGraphs(completed);
  }

  #errorOf({ ticket, memo }: RunInFlight): GraphRunError | undefined {
    const { queue, runtime } = this.#openNow();
    const status = queue.statusOf(ticket.id);
    if (status === SKIPPED) return skippedRun();
    if (status < 0n) return flaggedRun(Number(-status), memo?.explain());
    const message = runtime.api.takeError(status);
    return message === undefined ? undefined : new GraphRunError(message);
  }

  #releaseGraphs(completed: number): void {
    for (const graph of this.#releasing) {
      if (graph.lastRun > completed) continue;
      this.#openNow().runtime.api.functions.releaseSession(graph.session);
      this.#graphs.delete(graph);
    }
    this.#releasing = this.#releasing.filter((graph) => graph.lastRun > completed);
  }
}
