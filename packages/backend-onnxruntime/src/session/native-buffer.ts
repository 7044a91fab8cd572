import { addressOf } from "./native-memory.js";
import { type BufferValues, SessionBuffer } from "./session-buffer.js";

/** Memory of the host that a session reads and writes without a copy. */
export class NativeBuffer extends SessionBuffer {
  readonly values: BufferValues;

  constructor(readonly memory: ArrayBuffer) {
    super(memory.byteLength);
    this.values = { capacityBytes: memory.byteLength, address: addressOf(memory), list: [] };
  }
}
