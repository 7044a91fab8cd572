import { viewOf } from "./native-memory.js";
import type { Pointer } from "./ort-api.js";

/**
 * Memory of the host that does not move. Most of it holds what no JavaScript reads, so that an `ArrayBuffer` over it is
 * made when somebody first asks: making one takes time, and V8 counts its bytes and collects garbage the sooner.
 */
export class MemoryPiece {
  #shown: ArrayBuffer | undefined;

  constructor(
    readonly address: Pointer,
    readonly byteLength: number,
  ) {}

  /** The memory itself, not a copy. */
  get memory(): ArrayBuffer {
    return (this.#shown ??= viewOf(this, this.address, this.byteLength));
  }
}
