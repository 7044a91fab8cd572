import type { BufferPiece } from "../../contract/buffer-piece.js";
import type { ProgramRequest } from "../../contract/elementwise-program.js";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type {
  BufferPlace,
  CompiledGraph,
  GraphRunner,
  HostArray,
  HostDtype,
  RunGuard,
  RunTicket,
} from "../../contract/graph-runner.js";
import type { ScatterRequest } from "../../contract/scatter-program.js";
import { scatterRows } from "../../programs/scatter-plan.js";
import { AdoptedBuffer } from "../../session/adopted-buffer.js";
import { allocateAligned } from "../../session/aligned-memory.js";
import { fillMemory, viewMemory } from "../../session/host-memory.js";
import { NativeBuffer } from "../../session/native-buffer.js";
import { NativeTicket } from "../../session/native-ticket.js";
import { prepareRuntime, type RuntimeOptions, type SessionSettings } from "../../session/ort-runtime.js";
import { ownBuffer, ownBuffers } from "../../session/own-buffers.js";
import { SessionRunner } from "../../session/session-runner.js";
import { sharedMemory } from "../../session/shared-memory.js";
import { slotGuard } from "../../session/slot-guard.js";
import { arraySizes, programRequestBytes, writeProgramRequest } from "./program-request.js";
import { badIndexOf, scatterRequestBytes, writeScatterRequest } from "./scatter-request.js";

/** Runs graphs and programs on the processor, over buffers that both sides share. */
export class CpuRunner extends SessionRunner<NativeBuffer> implements GraphRunner {
  readonly name: string;
  readonly #adopted = new WeakMap<Float32Array, AdoptedBuffer>();

  /** @throws EngineUnavailableError, EngineError */
  constructor(options: RuntimeOptions & SessionSettings) {
    super(options);
    this.name = `onnxruntime C API ${prepareRuntime(options).version}`;
  }

  allocate(sizeBytes: number, place?: BufferPlace): GraphBuffer {
    return this.pool.allocate(sizeBytes, place === "result");
  }

  free(buffer: GraphBuffer): void {
    const own = ownBuffer(NativeBuffer, buffer);
    if (!(own instanceof AdoptedBuffer)) this.pool.free(own);
  }

  adopt(memory: Float32Array<ArrayBuffer>): GraphBuffer {
    let buffer = this.#adopted.get(memory);
    if (buffer === undefined) this.#adopted.set(memory, (buffer = this.keepValuesOf(new AdoptedBuffer(memory))));
    return buffer;
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

  #start(
    compiled: CompiledGraph,
    inputs: readonly GraphBuffer[],
    outputs: readonly GraphBuffer[],
    guard: RunGuard | undefined,
    starts?: readonly number[],
  ): RunTicket {
    this.checkOpen();
    const graph = this.ownGraph(compiled);
    const ownInputs = ownBuffers(NativeBuffer, inputs, starts === undefined ? graph.inputTypes : graph.endsOf(starts));
    const ownOutputs = ownBuffers(NativeBuffer, outputs, graph.outputTypes);
    return this.startGraph({ graph, inputs: ownInputs, outputs: ownOutputs, starts }, guard);
  }

  startProgram(request: ProgramRequest, guard?: RunGuard): RunTicket {
    this.checkOpen();
    this.makeRoom();
    const { inputCount, outputCount } = request.program;
    const inputs = ownBuffers(NativeBuffer, request.inputs, arraySizes(request, 0, inputCount));
    const outputs = ownBuffers(NativeBuffer, request.outputs, arraySizes(request, inputCount, outputCount));
    const { queue } = this.openNow();
    const sizeBytes = programRequestBytes(request);
    const memo = this.pool.allocate(sizeBytes);
    const buffers = [...inputs, ...outputs];
    writeProgramRequest(memo.memory, queue.programId(request.program), request, buffers);
    const id = queue.submitted + 1;
    for (const buffer of [...buffers, memo]) buffer.lastRun = id;
    queue.submitProgram(memo.values.address, sizeBytes, slotGuard(guard));
    this.pool.free(memo);
    return this.follow({ ticket: new NativeTicket(id), graph: undefined, inputs, outputs: [...outputs, memo] });
  }

  startScatter({ program, ...request }: ScatterRequest, guard?: RunGuard): RunTicket {
    this.checkOpen();
    this.makeRoom();
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
    const { queue } = this.openNow();
    const sizeBytes = scatterRequestBytes(program);
    const memo = this.pool.allocate(sizeBytes);
    const id = queue.submitted + 1;
    const addresses = { updates: updates.values.address, indices: indices.values.address, table: table.values.address };
    writeScatterRequest(memo.memory, queue.programId(program), program, addresses);
    for (const buffer of [...buffers, memo]) buffer.lastRun = id;
    queue.submitProgram(memo.values.address, sizeBytes, slotGuard(guard));
    return this.follow({
      ticket: new NativeTicket(id),
      graph: undefined,
      inputs: [updates, indices],
      outputs: [table],
      explain: () => badIndexOf(memo.memory, program),
      onSettled: () => this.pool.free(memo),
    });
  }

  protected createBuffer(capacityBytes: number): NativeBuffer | string {
    try {
      return new NativeBuffer(sharedMemory()?.allocate(capacityBytes) ?? allocateAligned(capacityBytes));
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  }

  protected override discarded({ piece }: NativeBuffer): void {
    if (piece !== undefined) sharedMemory()?.giveBack(piece);
  }
}
