import { addressOf } from "./native-memory.js";
import type { BufferValues, SessionBuffer } from "./session-buffer.js";

/** Memory of the host that a session reads and writes without a copy. */
export class NativeBuffer implements SessionBuffer {
  readonly values: BufferValues;
  sizeBytes: number;
  lastRun = 0;
  isFree = false;

  constructor(
    readonly memory: ArrayBuffer,
    sizeBytes: number,
  ) {
    this.sizeBytes = sizeBytes;
    this.values = { capacityBytes: memory.byteLength, address: addressOf(memory), list: [] };
  }

  get capacityBytes(): number {
    return this.memory.byteLength;
  }
}
