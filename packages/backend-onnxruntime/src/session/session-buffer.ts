import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { Pointer } from "./ort-api.js";

/**
 * The OrtValues made over one piece of memory. Kept apart from the buffer, so that they can be released after it was
 * collected.
 */
export interface BufferValues {
  readonly capacityBytes: number;
  readonly address: Pointer;
  /** Describes the memory; `undefined` for memory of the host. */
  readonly memoryInfo?: Pointer | undefined;
  /** The OrtValue to which the memory itself belongs, where ONNX Runtime has allocated it. */
  readonly owner?: Pointer | undefined;
  readonly list: { readonly valueType: number; readonly startBytes: number; readonly pointer: Pointer }[];
}

/** Memory that sessions read and write, on whatever device. */
export abstract class SessionBuffer implements GraphBuffer {
  abstract readonly values: BufferValues;
  /** Id of the newest run that touches this memory. */
  lastRun = 0;
  /** True while the memory belongs to the pool. */
  isFree = false;

  constructor(public sizeBytes: number) {}

  get capacityBytes(): number {
    return this.values.capacityBytes;
  }
}
