import { loadKoffi } from "./load-koffi.js";
import { NativeBuffer } from "./native-buffer.js";
import { addressOf } from "./native-memory.js";

/** Memory of somebody else, for as long as a reference to the array keeps it. */
export class AdoptedBuffer extends NativeBuffer {
  readonly isAdopted = true;
  /** Keeps the memory. */
  readonly owner: Float32Array;

  constructor(memory: Float32Array<ArrayBuffer>) {
    super(loadKoffi().view(addressOf(memory.buffer) + BigInt(memory.byteOffset), memory.byteLength));
    this.owner = memory;
  }
}
