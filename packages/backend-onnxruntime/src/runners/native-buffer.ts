import type { GraphBuffer } from "../contract/graph-buffer.js";
import { addressOf } from "./native-memory.js";
import type { Pointer } from "./ort-api.js";

/**
 * The OrtValues made over one piece of memory. Kept apart from the buffer, so that they can be released after it was
 * collected.
 */
export interface BufferValues {
  readonly capacityBytes: number;
  readonly address: Pointer;
  readonly list: { readonly valueType: number; readonly startBytes: number; readonly pointer: Pointer }[];
}

/** Memory that a session reads and writes without a copy. */
export class NativeBuffer implements GraphBuffer {
  readonly values: BufferValues;
  sizeBytes: number;
  /** Id of the newest run that touches this memory. */
  lastRun = 0;
  /** True while the memory belongs to the pool. */
  isFree = false;

  constructor(
    readonly memory: ArrayBuffer,
    sizeBytes: number,
  ) {
    this.sizeBytes = sizeBytes;
    this.values = { capacityBytes: memory.byteLength, address: addressOf(memory), list: [] };
  }
}
