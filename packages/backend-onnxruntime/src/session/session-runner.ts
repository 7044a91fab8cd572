import { availableParallelism } from "node:os";
import type {
  CompiledGraph,
  CompileRequest,
  GraphRunnerStatistics,
  RunGuard,
  RunTicket,
} from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import { flaggedRun, GraphRunError, skippedRun } from "../errors/graph-run-error.js";
import { OutOfMemoryError } from "../errors/out-of-memory-error.js";
import { BufferPool, type BufferPoolOptions } from "./buffer-pool.js";
import { SKIPPED } from "./executor-layout.js";
import { createNativeGraph, NativeGraph, type ValueType } from "./native-graph.js";
import { addressOf, PointerVariable } from "./native-memory.js";
import { NativeTicket, ownTicket } from "./native-ticket.js";
import { openForRuns, type OpenedRuntime } from "./opened-runtime.js";
import type { Pointer } from "./ort-api.js";
import { prepareRuntime, type RuntimeOptions, type SessionSettings } from "./ort-runtime.js";
import type { ExecutionProvider } from "./execution-provider.js";
import type { RunInFlight } from "./run-in-flight.js";
import type { BufferValues, SessionBuffer } from "./session-buffer.js";
import { slotGuard } from "./slot-guard.js";

/** Shapes remembered for one piece of memory before the oldest are forgotten. */
const VALUES_PER_BUFFER = 8;

/** Inputs and outputs of one run of a graph. */
export interface GraphArguments {
  readonly graph: NativeGraph;
  readonly inputs: readonly SessionBuffer[];
  readonly outputs: readonly SessionBuffer[];
  /** Bytes at which the inputs begin in their buffers. @default 0 */
  readonly starts?: readonly number[] | undefined;
}

/**
 * What runners over ONNX Runtime's C API share: sessions, the executor's thread with its tickets, and the OrtValues of
 * buffers. What a buffer is, is the device's own business.
 */
export abstract class SessionRunner<TBuffer extends SessionBuffer> {
  readonly isAsynchronous = true;
  protected readonly pool: BufferPool<TBuffer>;
  #options: RuntimeOptions & SessionSettings;
  #opened: OpenedRuntime | undefined;
  readonly #out = new PointerVariable();
  readonly #graphs = new Set<NativeGraph>();
  readonly #collected: FinalizationRegistry<BufferValues>;
  /** What ONNX Runtime knows of memory that is no pool's. */
  readonly #collectedValues = new FinalizationRegistry<BufferValues>((values) => this.#releaseValues(values));
  #releasing: NativeGraph[] = [];
  #compiledGraphs = 0;
  #closing: Promise<void> | undefined;

  /** @throws EngineUnavailableError, EngineError */
  constructor(
    options: RuntimeOptions & SessionSettings,
    provider?: ExecutionProvider,
    pooling: Pick<BufferPoolOptions<TBuffer>, "alwaysPooledBytes" | "isSlowToMake"> = {},
  ) {
    this.#options = options;
    this.provider = provider;
    prepareRuntime(options);
    this.#collected = new FinalizationRegistry((values) => {
      this.pool.forget(values.capacityBytes);
      this.releaseMemory(values);
    });
    this.pool = new BufferPool<TBuffer>({
      create: (capacityBytes) => this.#create(capacityBytes),
      discard: (buffer) => {
        this.#collected.unregister(buffer);
        this.releaseMemory(buffer.values);
        this.discarded(buffer);
      },
      completed: () => this.#opened?.queue.completed ?? 0,
      ...pooling,
    });
  }

  /** What runs the nodes; `undefined` for the processor. */
  protected readonly provider: ExecutionProvider | undefined;

  /** Memory of exactly that many bytes; or why there is none. */
  protected abstract createBuffer(capacityBytes: number): TBuffer | string;

  /** Is called when the pool has let a buffer go that nobody reads any more. */
  protected discarded(_buffer: TBuffer): void {}

  /** Is called before ONNX Runtime's functions that may touch the device are called beside the executor's thread. */
  protected beforeDeviceCall(): void {}

  chooseThreads(threads: number): void {
    const options = { ...this.#options, threads };
    prepareRuntime(options);
    this.#options = options;
  }

  open(): void {
    this.checkOpen();
    this.openNow();
  }

  measureRuns(isMeasured: boolean): void {
    this.openNow().queue.measure(isMeasured);
  }

  compile(request: CompileRequest): CompiledGraph {
    this.checkOpen();
    const { runtime, sessionOptions } = this.openNow();
    this.beforeDeviceCall();
    const { profilePrefix = this.#options.profilePrefix } = request;
    const graph = createNativeGraph(runtime, sessionOptions, { ...request, profilePrefix }, this.provider);
    this.#graphs.add(graph);
    this.#compiledGraphs += 1;
    return graph;
  }

  hasEnded(ticket: RunTicket): boolean {
    return ownTicket(ticket).id <= this.openNow().queue.completed;
  }

  join(ticket: RunTicket): void {
    const own = ownTicket(ticket);
    if (!own.isSettled) this.#joinAndSettle(own);
    if (own.error !== undefined) throw own.error;
  }

  async wait(ticket: RunTicket): Promise<void> {
    const own = ownTicket(ticket);
    if (!own.isSettled) {
      await this.openNow().queue.wait(own.id);
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
      allocatedBytes: this.pool.allocatedBytes,
      pooledBytes: this.pool.pooledBytes,
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

  /** Where a run may be over before the device has done it: starts what is over only then. */
  protected startLastRun(): void {}

  /** What remains of the device is given back; everything has run. */
  protected closeDevice(): void {}

  async #close(): Promise<void> {
    if (this.#opened === undefined) return;
    const { queue, runtime, sessionOptions } = this.#opened;
    this.startLastRun();
    await queue.wait(queue.submitted);
    this.#settle();
    await queue.close();
    for (const graph of this.#graphs) this.release(graph);
    this.#settle();
    this.pool.clear();
    this.closeDevice();
    runtime.api.functions.releaseSessionOptions(sessionOptions);
  }

  protected checkOpen(): void {
    if (this.#closing !== undefined)
      throw new EngineError({ code: "LIT_ENGINE_CLOSED", message: "This runner was closed." });
  }

  /** Starts the threads with the first call. */
  protected openNow(): OpenedRuntime {
    this.#opened ??= openForRuns(this.#options);
    return this.#opened;
  }

  /** @throws EngineError unless the graph is this library's and alive */
  protected ownGraph(graph: CompiledGraph): NativeGraph {
    if (graph instanceof NativeGraph && !graph.isReleased) return graph;
    throw new EngineError({
      code: "LIT_ENGINE_RELEASED",
      message: "This graph was released or belongs to another runner.",
    });
  }

  /** Starts a graph over buffers that have been checked. */
  protected startGraph(
    { graph, inputs, outputs, starts }: GraphArguments,
    guard: RunGuard | undefined,
    onSettled?: RunInFlight["onSettled"],
  ): NativeTicket {
    this.makeRoom();
    const { queue } = this.openNow();
    const block = graph.idleBlock(queue.completed);
    const id = queue.submitted + 1;
    this.#bind(block.inputs, graph.inputTypes, inputs, id, starts);
    this.#bind(block.outputs, graph.outputTypes, outputs, id);
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
    return this.follow({ ticket: new NativeTicket(id), graph, inputs, outputs, onSettled });
  }

  /** Keeps what a submitted run touches until it is over. */
  protected follow(run: RunInFlight): NativeTicket {
    this.openNow().queue.inFlight.push(run);
    return run.ticket;
  }

  /** Waits until the queue takes another run. */
  protected makeRoom(): void {
    this.#settle();
    const { inFlight, capacity } = this.openNow().queue;
    const [oldest] = inFlight;
    if (oldest !== undefined && inFlight.length >= capacity) this.#joinAndSettle(oldest.ticket);
  }

  /** Waits until the executor's thread has nothing to do. */
  protected drain(): void {
    if (this.#opened === undefined) return;
    const { queue } = this.#opened;
    queue.join(queue.submitted);
    this.#settle();
  }

  /** Where there is no room, what waits for reuse is given back first. */
  #create(capacityBytes: number): TBuffer {
    let buffer = this.createBuffer(capacityBytes);
    if (typeof buffer === "string") {
      this.drain();
      this.pool.clear();
      buffer = this.createBuffer(capacityBytes);
    }
    if (typeof buffer === "string")
      throw new OutOfMemoryError({ sizeBytes: capacityBytes, held: this.pool, reason: buffer });
    this.#collected.register(buffer, buffer.values, buffer);
    return buffer;
  }

  /** Has the values of a buffer released after it was collected, where no pool does. @returns the buffer */
  protected keepValuesOf<TAdopted extends TBuffer>(buffer: TAdopted): TAdopted {
    this.#collectedValues.register(buffer, buffer.values);
    return buffer;
  }

  protected releaseMemory(values: BufferValues): void {
    this.#releaseValues(values);
    if (values.owner === undefined) return;
    this.beforeDeviceCall();
    this.openNow().runtime.api.functions.releaseValue(values.owner);
  }

  #releaseValues(values: BufferValues): void {
    for (const value of values.list) this.openNow().runtime.api.functions.releaseValue(value.pointer);
    values.list.length = 0;
  }

  #bind(
    pointers: BigUint64Array,
    types: readonly ValueType[],
    buffers: readonly SessionBuffer[],
    runId: number,
    starts?: readonly number[],
  ): void {
    for (let index = 0; index < types.length; index += 1) {
      const buffer = buffers[index];
      const type = types[index];
      if (buffer === undefined || type === undefined) continue;
      // Before it counts as touched by this run: values of a buffer that no run touches may be released.
      pointers[index] = this.#valueOf(buffer, type, starts?.[index] ?? 0);
      buffer.lastRun = runId;
    }
  }

  #valueOf(buffer: SessionBuffer, type: ValueType, startBytes: number): Pointer {
    const { list, address, memoryInfo } = buffer.values;
    for (const value of list) if (value.valueType === type.id && value.startBytes === startBytes) return value.pointer;
    if (list.length >= VALUES_PER_BUFFER && buffer.lastRun <= this.openNow().queue.completed)
      this.#releaseValues(buffer.values);
    const { runtime } = this.openNow();
    const shape = addressOf(type.shape);
    runtime.api.call(
      "createTensorWithDataAsOrtValue",
      memoryInfo ?? runtime.memoryInfo,
      address + BigInt(startBytes),
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
    this.openNow().queue.join(ticket.id);
    this.#settle();
  }

  /** Notes which runs have completed and gives back what waited for them. */
  #settle(): void {
    if (this.#opened === undefined) return;
    const { completed, inFlight } = this.#opened.queue;
    let count = 0;
    for (const run of inFlight) {
      if (run.ticket.id > completed) break;
      count += 1;
      run.ticket.error = this.#errorOf(run);
      run.ticket.times = this.#opened.queue.timesOf(run.ticket.id);
      run.ticket.isSettled = true;
      run.onSettled?.(run.ticket.error);
    }
    if (count > 0) inFlight.splice(0, count);
    this.pool.reclaim();
    if (this.#releasing.length > 0) this.#releaseGraphs(completed);
  }

  #errorOf({ ticket, explain }: RunInFlight): GraphRunError | undefined {
    const { queue, runtime } = this.openNow();
    const status = queue.statusOf(ticket.id);
    if (status === SKIPPED) return skippedRun();
    if (status < 0n) return flaggedRun(Number(-status), explain?.());
    const message = runtime.api.takeError(status);
    return message === undefined ? undefined : new GraphRunError(message);
  }

  #releaseGraphs(completed: number): void {
    const over = this.#releasing.filter((graph) => graph.lastRun <= completed);
    this.#releasing = this.#releasing.filter((graph) => graph.lastRun > completed);
    if (over.length > 0) this.beforeDeviceCall();
    for (const graph of over) {
      this.openNow().runtime.api.functions.releaseSession(graph.session);
      this.#graphs.delete(graph);
    }
  }
}
