import { addressOf, PointerVariable } from "./native-memory.js";
import type { OrtApi, Pointer } from "./ort-api.js";
import type { BufferValues } from "./session-buffer.js";

/** Not an arena: what it gives may be wrapped in other OrtValues. */
const DEVICE_ALLOCATOR = 0;
/** ONNX's number for int32. */
const INT32 = 6;
const WORD_BYTES = 4;

/** What ONNX Runtime calls memory that only the device sees, and memory of the host that the device knows. */
export const MEMORY_TYPE = { device: 0, host: -1 } as const;

/** Some memory, as ONNX Runtime's `CreateMemoryInfo` knows it. */
export interface MemoryKind {
  readonly name: string;
  /** Which of the machine's devices. */
  readonly index: number;
  readonly type: number;
}

/** The part of the C API that is needed here. */
export interface AllocatorApi {
  readonly functions: Pick<
    OrtApi["functions"],
    | "createMemoryInfo"
    | "releaseMemoryInfo"
    | "createAllocator"
    | "createTensorAsOrtValue"
    | "getTensorMutableData"
    | "releaseValue"
  >;
  readonly takeError: OrtApi["takeError"];
}

/** One of a session's allocators, which lives as long as the session. */
export class OrtAllocator {
  readonly #api: AllocatorApi;
  readonly #memoryInfo: Pointer;
  readonly #allocator: Pointer;
  readonly #out: PointerVariable;

  private constructor(api: AllocatorApi, memoryInfo: Pointer, allocator: Pointer, out: PointerVariable) {
    this.#api = api;
    this.#memoryInfo = memoryInfo;
    this.#allocator = allocator;
    this.#out = out;
  }

  /** @returns why there is none, where the session has no such memory */
  static of(api: AllocatorApi, session: Pointer, { name, index, type }: MemoryKind): OrtAllocator | string {
    const out = new PointerVariable();
    const { functions } = api;
    const unknown = api.takeError(functions.createMemoryInfo(name, DEVICE_ALLOCATOR, index, type, out.address));
    if (unknown !== undefined) return unknown;
    const memoryInfo = out.take();
    const missing = api.takeError(functions.createAllocator(session, memoryInfo, out.address));
    if (missing === undefined) return new OrtAllocator(api, memoryInfo, out.take(), out);
    functions.releaseMemoryInfo(memoryInfo);
    return missing;
  }

  /** @param capacityBytes a multiple of four @returns why there is none, where there is no room */
  allocate(capacityBytes: number): BufferValues | string {
    const { functions } = this.#api;
    const shape = new BigInt64Array(new ArrayBuffer(8)).fill(BigInt(capacityBytes / WORD_BYTES));
    const full = this.#api.takeError(
      functions.createTensorAsOrtValue(this.#allocator, addressOf(shape.buffer), 1, INT32, this.#out.address),
    );
    if (full !== undefined) return full;
    const owner = this.#out.take();
    const hidden = this.#api.takeError(functions.getTensorMutableData(owner, this.#out.address));
    if (hidden !== undefined) {
      functions.releaseValue(owner);
      return hidden;
    }
    return { capacityBytes, address: this.#out.take(), memoryInfo: this.#memoryInfo, owner, list: [] };
  }
}
