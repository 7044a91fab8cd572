import { TensorBuffer } from "@tensorflow/tfjs-core";
import { flattenTree } from "../tree/tree.js";

/** More than are on their way between a loader and a device; what else comes back is left to the garbage collector. */
const MOST_FREE = 4;

let inUse: BatchMemory | undefined;

/**
 * Memory of one iteration over a loader: a batch that has gone to the device leaves its arrays to a later one. New
 * memory costs as much as copying rows into it, because the system clears it first, and it stays until the garbage
 * collector runs.
 */
export class BatchMemory {
  #free: Uint8Array[] = [];
  /** Arrays whose batch is out. Others that meet such a batch do not know of them, and cannot give them back. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** Bytes that have come back; undefined where none are as many. */
  take(byteLength: number): Uint8Array | undefined {
    const place = this.#free.findIndex((bytes) => bytes.byteLength === byteLength);
    const bytes = place === -1 ? undefined : this.#free.splice(place, 1)[0];
    if (bytes !== undefined) this.own(bytes);
    return bytes;
  }

  /** Has new bytes come back here later. */
  own(bytes: Uint8Array): void {
    if (bytes.byteLength === bytes.buffer.byteLength) this.#lent.add(bytes.buffer);
  }

  /** Lets a later batch have the arrays of one that nobody sees any more; those of others stay theirs. */
  reuse(batch: unknown): void {
    for (const { value } of flattenTree(batch))
      if (value instanceof TensorBuffer && ArrayBuffer.isView(value.values)) this.#put(value.values.buffer);
  }

  #put(buffer: ArrayBufferLike): void {
    if (!this.#lent.delete(buffer)) return;
    this.#free.push(new Uint8Array(buffer));
    if (this.#free.length > MOST_FREE) this.#free.shift();
  }
}

/**
 * Makes a batch out of a memory.
 * @param make only allocates and copies: nobody else keeps what it allocates
 */
export function makeBatch<TBatch>(memory: BatchMemory, make: () => TBatch): TBatch {
  const before = inUse;
  inUse = memory;
  try {
    return make();
  } finally {
    inUse = before;
  }
}

/** The memory of the batch that is being made, if it is to be given back. */
export function batchMemory(): BatchMemory | undefined {
  return inUse;
}
