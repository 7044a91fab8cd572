import { encodeModel } from "../../onnx-model/encode-model.js";
import { EngineUnavailableError } from "../../errors/engine-unavailable-error.js";
import type { PortableModel } from "../../onnx-model/model-description.js";
import { createNativeGraph, NativeGraph } from "../../session/native-graph.js";
import type { OpenedRuntime } from "../../session/opened-runtime.js";
import { MEMORY_TYPE, type MemoryKind, OrtAllocator } from "../../session/ort-allocator.js";
import type { OrtApi } from "../../session/ort-api.js";
import type { BufferValues } from "../../session/session-buffer.js";
import type { GpuDevice } from "./gpu-device.js";

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
  readonly #index: number;
  readonly #copying: NativeGraph;
  readonly #allocator: OrtAllocator;
  readonly #hostMemories = new Map<string, OrtAllocator | string>();
  readonly #copies = new Map<number, NativeGraph>();

  constructor(device: GpuDevice, { runtime, sessionOptions }: OpenedRuntime) {
    this.#api = runtime.api;
    const { provider, memoryName, index } = device;
    this.#index = index;
    const request = { model: encodeModel(COPY), inputs: [], outputs: [] };
    this.#copying = createNativeGraph(runtime, sessionOptions, request, provider);
    const allocator = this.#allocatorOf({ name: memoryName, index, type: MEMORY_TYPE.device });
    if (typeof allocator === "string")
      throw new EngineUnavailableError({ reason: `ONNX Runtime has no memory ${memoryName}: ${allocator}` });
    this.#allocator = allocator;
  }

  /** @returns why there is none, where the device has no room */
  allocate(capacityBytes: number): BufferValues | string {
    return this.#allocator.allocate(capacityBytes);
  }

  /** Memory of the host that the device knows by this name; or why there is none. */
  hostMemory(name: string): OrtAllocator | string {
    const known = this.#hostMemories.get(name);
    if (known !== undefined) return known;
    const first = this.#allocatorOf({ name, index: this.#index, type: MEMORY_TYPE.host });
    // Older libraries have one for all devices, under the first one's number.
    const shared = typeof first === "string" && this.#index > 0;
    const found = shared ? this.#allocatorOf({ name, index: 0, type: MEMORY_TYPE.host }) : first;
    const memory = typeof found === "string" ? first : found;
    this.#hostMemories.set(name, memory);
    return memory;
  }

  #allocatorOf(kind: MemoryKind): OrtAllocator | string {
    return OrtAllocator.of(this.#api, this.#copying.session, kind);
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
