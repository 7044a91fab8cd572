import { encodeModel } from "../../onnx-model/encode-model.js";
import type { PortableModel } from "../../onnx-model/model-description.js";
import { createNativeGraph, NativeGraph } from "../../session/native-graph.js";
import { addressOf, PointerVariable } from "../../session/native-memory.js";
import type { OpenedRuntime } from "../../session/opened-runtime.js";
import type { OrtApi, Pointer } from "../../session/ort-api.js";
import type { BufferValues } from "../../session/session-buffer.js";
import type { GpuDevice } from "./gpu-device.js";

const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;
/** ONNX's number for int32. */
const INT32 = 6;
const WORD_BYTES = 4;
/** Sizes of copies whose arrays of arguments are kept. */
const COPY_SIZES = 256;

const opened = new Map<string, DeviceMemory>();

/** The memory of a device, opened by the first call. @throws EngineUnavailableError, GraphCompileError */
export function deviceMemory(device: GpuDevice, runtime: OpenedRuntime): DeviceMemory {
  const key = JSON.stringify(device.provider);
  const memory = opened.get(key) ?? new DeviceMemory(device, runtime);
  opened.set(key, memory);
  return memory;
}

/** Copies words from memory to memory, whatever they mean: between the host and the device, and on it. */
const COPY: PortableModel = {
  nodes: [{ type: "Identity", inputs: ["from"], outputs: ["to"] }],
  initializers: [],
  inputs: [{ name: "from", dtype: "int32", shape: ["words"] }],
  outputs: [{ name: "to", dtype: "int32", shape: ["words"] }],
};

/**
 * A device's memory. One session owns the allocator and does the copies. It lives as long as the process, because ONNX
 * Runtime gives a device up with its last session.
 */
export class DeviceMemory {
  readonly #api: OrtApi;
  readonly #memoryInfo: Pointer;
  readonly #allocator: Pointer;
  readonly #copying: NativeGraph;
  readonly #copies = new Map<number, NativeGraph>();
  readonly #out = new PointerVariable();

  constructor(device: GpuDevice, { runtime, sessionOptions }: OpenedRuntime) {
    this.#api = runtime.api;
    const { provider, memoryName, index } = device;
    const request = { model: encodeModel(COPY), inputs: [], outputs: [] };
    this.#copying = createNativeGraph(runtime, sessionOptions, request, provider);
    const api = this.#api;
    api.call("createMemoryInfo", memoryName, DEVICE_ALLOCATOR, index, DEFAULT_MEMORY, this.#out.address);
    this.#memoryInfo = this.#out.take();
    api.call("createAllocator", this.#copying.session, this.#memoryInfo, this.#out.address);
    this.#allocator = this.#out.take();
  }

  /** @returns why there is none, where the device has no room */
  allocate(capacityBytes: number): BufferValues | string {
    const api = this.#api;
    const shape = new BigInt64Array(new ArrayBuffer(8)).fill(BigInt(capacityBytes / WORD_BYTES));
    const status = api.functions.createTensorAsOrtValue(
      this.#allocator,
      addressOf(shape.buffer),
      1,
      INT32,
      this.#out.address,
    );
    const reason = api.takeError(status);
    if (reason !== undefined) return reason;
    const owner = this.#out.take();
    api.call("getTensorMutableData", owner, this.#out.address);
    return { capacityBytes, address: this.#out.take(), memoryInfo: this.#memoryInfo, owner, list: [] };
  }

  /** The graph that copies that many bytes, rounded up to words. */
  copyOf(bytes: number): NativeGraph {
    const words = Math.ceil(bytes / WORD_BYTES);
    const known = this.#copies.get(words);
    if (known !== undefined) return known;
    if (this.#copies.size >= COPY_SIZES) this.#copies.clear();
    const value = { dtype: "int32", shape: [words] } as const;
    const graph = new NativeGraph(this.#copying.session, {
      model: new Uint8Array(0),
      inputs: [{ name: "from", ...value }],
      outputs: [{ name: "to", ...value }],
    });
    this.#copies.set(words, graph);
    return graph;
  }
}
