import { loadKoffi } from "./load-koffi.js";
import type { Pointer } from "./ort-api.js";

// A view does not keep the memory alive that it shows, so each view keeps its piece here.
const pieceOf = new WeakMap<ArrayBuffer, MemoryPiece>();

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
    if (this.#shown === undefined) {
      this.#shown = loadKoffi().view(this.address, this.byteLength);
      pieceOf.set(this.#shown, this);
    }
    return this.#shown;
  }
}
