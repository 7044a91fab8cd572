import { loadKoffi } from "./load-koffi.js";
import { NativeBuffer } from "./native-buffer.js";
import { addressOf } from "./native-memory.js";

/** Memory of somebody else, for as long as a reference to the array keeps it. */
export class AdoptedBuffer extends NativeBuffer {
  readonly isAdopted = true;
  /** Keeps the memory. */
  readonly owner: ArrayBufferLike;

  constructor({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer>) {
    super(loadKoffi().view(addressOf(buffer) + BigInt(byteOffset), byteLength));
    this.owner = buffer;
  }
}
