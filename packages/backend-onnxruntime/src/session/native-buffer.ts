import { addressOf } from "./native-memory.js";
import { type BufferValues, SessionBuffer } from "./session-buffer.js";

/** Memory of the host that a session reads and writes without a copy. */
export class NativeBuffer extends SessionBuffer {
  readonly values: BufferValues;

  /** @param values what ONNX Runtime knows of the memory, where that has allocated it */
  constructor(
    readonly memory: ArrayBuffer,
    values?: BufferValues,
  ) {
    super(memory.byteLength);
    this.values = values ?? { capacityBytes: memory.byteLength, address: addressOf(memory), list: [] };
  }
}
