import { MemoryPiece } from "./memory-piece.js";
import { addressOf } from "./native-memory.js";
import type { Pointer } from "./ort-api.js";
import { type BufferValues, SessionBuffer } from "./session-buffer.js";

/** Memory of the host that a session reads and writes without a copy. */
export class NativeBuffer extends SessionBuffer {
  readonly values: BufferValues;
  readonly #place: ArrayBuffer | MemoryPiece;

  /** @param values what ONNX Runtime knows of the memory, where that has allocated it */
  constructor(place: ArrayBuffer | MemoryPiece, values?: BufferValues) {
    super(place.byteLength);
    this.#place = place;
    this.values = values ?? { capacityBytes: place.byteLength, address: startOf(place), list: [] };
  }

  get memory(): ArrayBuffer {
    return this.#place instanceof MemoryPiece ? this.#place.memory : this.#place;
  }

  /** Where it lies in memory that programs share. */
  get piece(): MemoryPiece | undefined {
    return this.#place instanceof MemoryPiece ? this.#place : undefined;
  }
}

function startOf(place: ArrayBuffer | MemoryPiece): Pointer {
  return place instanceof MemoryPiece ? place.address : addressOf(place);
}
