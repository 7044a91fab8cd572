import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type { GraphTarget } from "../../contract/graph-builder.js";
import type {
  BufferPlace,
  CompiledGraph,
  GraphRunner,
  GraphRunnerStatistics,
  HostArray,
  HostDtype,
  RunGuard,
  RunTicket,
} from "../../contract/graph-runner.js";
import type { GraphRunError } from "../../errors/graph-run-error.js";
import { MOST_LOOKED_AT } from "../../lowering/known-indices.js";
import { allocateAligned } from "../../session/aligned-memory.js";
import { awaitRunsAtExit, forgetRuns } from "../../session/await-runs.js";
import { BufferPool } from "../../session/buffer-pool.js";
import { fillMemory, viewMemory } from "../../session/host-memory.js";
import { NativeBuffer } from "../../session/native-buffer.js";
import type { NativeTicket } from "../../session/native-ticket.js";
import { prepareRuntime, type RuntimeOptions, type SessionSettings } from "../../session/ort-runtime.js";
import type { OrtAllocator } from "../../session/ort-allocator.js";
import { ownBuffer, ownBuffers } from "../../session/own-buffers.js";
import { SessionBuffer } from "../../session/session-buffer.js";
import { SessionRunner } from "../../session/session-runner.js";
import { CopyCounter } from "./copy-counter.js";
import { DeviceBuffer } from "./device-buffer.js";
import { type DeviceMemory, deviceMemory } from "./device-memory.js";
import { endTurn, takeTurn } from "./device-turns.js";
import type { GpuDevice } from "./gpu-device.js";
import { stagingPool } from "./staging-pool.js";

/**
 * Up to so many elements, what was uploaded stays on the host too, for kernels that look at numbers they know. Whole
 * numbers may be indices: what the host has checked needs no flag, for which the host would wait for the device.
 */
const KEPT_ELEMENTS = { int32: MOST_LOOKED_AT, other: 4096 };
/** What waits for reuse at least: new memory is had only when the device's thread has nothing to do. */
const KEPT_BYTES = 2 ** 30;
/** Memory of this size and above is tried before it is used, on devices that promise what they do not have. */
const TRIED_BYTES = 2 ** 20;
/** Runs that a device may have before it that nobody waits for. */
const MOST_RUNS_AHEAD = 4;

export interface GpuRunnerOptions extends RuntimeOptions, SessionSettings {
  /** Hears, in one sentence, what the device does without. @default a process warning */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Runs graphs on a device with memory of its own. Tensors stay there between graphs: values go up when the host writes
 * them, and come down when they are read.
 *
 * ONNX Runtime's providers are not made for several threads at once. So what touches the device beside the executor's
 * thread (new memory, new sessions) waits until that has nothing to do; once all sizes and structures are known,
 * nothing does. Runners of one device take turns for the same reason.
 */
export class GpuRunner extends SessionRunner<DeviceBuffer> implements GraphRunner {
  readonly name: string;
  readonly target: GraphTarget;
  readonly #device: GpuDevice;
  readonly #hostPool: BufferPool<NativeBuffer>;
  /** What values wait in until they have gone up. */
  readonly #staging: BufferPool<NativeBuffer>;
  readonly #copies = new CopyCounter();
  #memory: DeviceMemory | undefined;
  /** Runs since the device was last waited for. */
  #runsAhead = 0;
  /** What copying to the device has failed with, until somebody is told. */
  #failedUpload: GraphRunError | undefined;

  /** @throws EngineUnavailableError, EngineError */
  constructor(device: GpuDevice, options: GpuRunnerOptions) {
    super(options, device.provider, { alwaysPooledBytes: KEPT_BYTES, isSlowToMake: true });
    this.#device = device;
    this.target = device.target;
    this.name = `onnxruntime C API ${prepareRuntime(options).version} on ${device.provider.name}`;
    const discard = ({ values }: NativeBuffer) => this.releaseMemory(values);
    const completed = () => this.openNow().queue.completed;
    const create = (capacityBytes: number) => new NativeBuffer(allocateAligned(capacityBytes));
    this.#hostPool = new BufferPool<NativeBuffer>({ create, discard, completed });
    const { stagingName: name } = device;
    const { onWarning = (message: string) => process.emitWarning(message) } = options;
    this.#staging =
      name === undefined
        ? this.#hostPool
        : stagingPool({ name, discard, completed, onWarning, open: () => this.#openHostMemory(name) });
  }

  allocate(sizeBytes: number, place: BufferPlace = "device"): GraphBuffer {
    if (place === "host") return this.#hostPool.allocate(sizeBytes);
    const buffer = this.pool.allocate(sizeBytes);
    buffer.uploaded = undefined;
    return buffer;
  }

  free(buffer: GraphBuffer): void {
    if (buffer instanceof NativeBuffer) this.#hostPool.free(buffer);
    else this.pool.free(ownBuffer(DeviceBuffer, buffer));
  }

  upload(buffer: GraphBuffer, dtype: HostDtype, values: ArrayLike<number>): void {
    if (buffer instanceof NativeBuffer) {
      fillMemory(buffer.memory, dtype, values);
      return;
    }
    const target = ownBuffer(DeviceBuffer, buffer);
    if (values.length === 0) return;
    const bytes = values.length * (dtype === "bool" ? 1 : 4);
    const source = this.#staging.allocate(bytes);
    try {
      fillMemory(source.memory, dtype, values);
      const kept = dtype === "int32" ? KEPT_ELEMENTS.int32 : KEPT_ELEMENTS.other;
      target.uploaded = values.length <= kept ? viewMemory(source.memory, dtype, values.length).slice() : undefined;
      this.#copy(source, target, bytes, (error) => (this.#failedUpload ??= error));
    } finally {
      this.#staging.free(source);
    }
  }

  download(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray {
    if (count === 0 || buffer instanceof NativeBuffer) return this.#hostValues(buffer, dtype, count);
    const { target, ticket } = this.#startDownload(buffer, dtype, count);
    try {
      this.join(ticket);
      return viewMemory(target.memory, dtype, count).slice();
    } finally {
      this.#hostPool.free(target);
    }
  }

  async fetch(buffer: GraphBuffer, dtype: HostDtype, count: number): Promise<HostArray> {
    if (count === 0 || buffer instanceof NativeBuffer) return this.#hostValues(buffer, dtype, count);
    const { target, ticket } = this.#startDownload(buffer, dtype, count);
    try {
      await this.wait(ticket);
      return viewMemory(target.memory, dtype, count).slice();
    } finally {
      this.#hostPool.free(target);
    }
  }

  view(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray | undefined {
    if (buffer instanceof NativeBuffer) return viewMemory(buffer.memory, dtype, count);
    return ownBuffer(DeviceBuffer, buffer).uploaded?.subarray(0, count);
  }

  start(
    compiled: CompiledGraph,
    inputs: readonly GraphBuffer[],
    outputs: readonly GraphBuffer[],
    guard?: RunGuard,
  ): RunTicket {
    this.checkOpen();
    this.#throwFailedUpload();
    const graph = this.ownGraph(compiled);
    const ownInputs = ownBuffers(SessionBuffer, inputs, graph.inputTypes);
    const ownOutputs = ownBuffers(SessionBuffer, outputs, graph.outputTypes);
    for (const output of ownOutputs) if (output instanceof DeviceBuffer) output.uploaded = undefined;
    this.#copies.note(ownInputs, ownOutputs);
    this.#pace([...ownInputs, ...ownOutputs]);
    const ticket = this.startGraph({ graph, inputs: ownInputs, outputs: ownOutputs }, guard);
    const isWaitedFor = this.#device.runsToTheEnd || ownOutputs.some((output) => output instanceof NativeBuffer);
    this.#runsAhead = isWaitedFor ? 0 : this.#runsAhead + 1;
    return ticket;
  }

  override statistics(): GraphRunnerStatistics {
    return { ...super.statistics(), copies: this.#copies.copies() };
  }

  protected createBuffer(capacityBytes: number): DeviceBuffer | string {
    const memory = this.#openMemory();
    this.beforeDeviceCall();
    const values = memory.allocate(capacityBytes);
    if (typeof values === "string") return values;
    const buffer = new DeviceBuffer(values);
    const reason = this.#whyUnusable(buffer);
    if (reason === undefined) return buffer;
    this.releaseMemory(values);
    return reason;
  }

  /** Reads a word of new memory: where the device has promised too much, that fails. */
  #whyUnusable(buffer: DeviceBuffer): string | undefined {
    if (!this.#device.promisesMemory || buffer.capacityBytes < TRIED_BYTES) return undefined;
    try {
      this.join(this.#readWord(buffer));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  protected override beforeDeviceCall(): void {
    takeTurn(this.#device.context, this);
    this.drain();
  }

  protected override startGraph(...run: Parameters<SessionRunner<DeviceBuffer>["startGraph"]>): NativeTicket {
    takeTurn(this.#device.context, this);
    return super.startGraph(...run);
  }

  protected override closeDevice(): void {
    forgetRuns(this);
    this.#hostPool.clear();
    this.#staging.clear();
    endTurn(this.#device.context, this);
  }

  override open(): void {
    super.open();
    this.#openMemory();
  }

  #openMemory(): DeviceMemory {
    if (this.#memory === undefined) {
      this.beforeDeviceCall();
      this.#memory = deviceMemory(this.#device, this.openNow());
      awaitRunsAtExit(this);
    }
    return this.#memory;
  }

  #openHostMemory(name: string): OrtAllocator | string {
    const memory = this.#openMemory();
    this.beforeDeviceCall();
    return memory.hostMemory(name);
  }

  finishRuns(): void {
    this.drain();
  }

  /** Waits until the device has nothing to do. */
  joinAll(): void {
    this.join(this.#readLast());
  }

  protected override startLastRun(): void {
    if (this.#memory !== undefined) this.#readLast();
  }

  /** The device computes in order, so what comes up from it now comes last. */
  #readLast(): NativeTicket {
    const source = this.pool.allocate(4);
    try {
      return this.#readWord(source);
    } finally {
      this.pool.free(source);
    }
  }

  /**
   * A device that takes runs without an end would be given more and more of them: a small read makes it catch up. It
   * stands before the next run and not behind the last one, so that what is uploaded meanwhile does not wait for it.
   */
  #pace(buffers: readonly SessionBuffer[]): void {
    if (this.#runsAhead < MOST_RUNS_AHEAD) return;
    const buffer = buffers.find((candidate) => candidate instanceof DeviceBuffer);
    if (buffer === undefined) return;
    this.#runsAhead = 0;
    this.#readWord(buffer);
  }

  /** Has ended when the device has done everything before it. */
  #readWord(source: DeviceBuffer): NativeTicket {
    const target = this.#hostPool.allocate(4);
    try {
      return this.#copy(source, target, 4);
    } finally {
      this.#hostPool.free(target);
    }
  }

  #startDownload(
    buffer: GraphBuffer,
    dtype: HostDtype,
    count: number,
  ): { readonly target: NativeBuffer; readonly ticket: NativeTicket } {
    this.checkOpen();
    this.#throwFailedUpload();
    const bytes = count * (dtype === "bool" ? 1 : 4);
    const target = this.#hostPool.allocate(bytes);
    this.#runsAhead = 0;
    return { target, ticket: this.#copy(ownBuffer(DeviceBuffer, buffer), target, bytes) };
  }

  #copy(
    source: SessionBuffer,
    target: SessionBuffer,
    bytes: number,
    onSettled?: (error: GraphRunError | undefined) => void,
  ): NativeTicket {
    const graph = this.#openMemory().copyOf(bytes);
    this.#copies.note([source], [target]);
    return this.startGraph({ graph, inputs: [source], outputs: [target] }, undefined, onSettled);
  }

  #hostValues(buffer: GraphBuffer, dtype: HostDtype, count: number): HostArray {
    return viewMemory(count === 0 ? new ArrayBuffer(0) : ownBuffer(NativeBuffer, buffer).memory, dtype, count).slice();
  }

  #throwFailedUpload(): void {
    const error = this.#failedUpload;
    this.#failedUpload = undefined;
    if (error !== undefined) throw error;
  }
}
