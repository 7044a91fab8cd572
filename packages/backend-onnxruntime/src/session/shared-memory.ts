import { MOST_PAGES, PAGE_BYTES } from "../programs/wasm-pages.js";
import type {} from "../programs/webassembly.js";
import { FreeRanges } from "./free-ranges.js";
import { loadKoffi } from "./load-koffi.js";
import { MemoryPiece } from "./memory-piece.js";
import type { Pointer } from "./ort-api.js";
import { returnPages } from "./return-pages.js";

/** Growing costs a call of the system; pages that nobody has touched cost nothing. */
const LEAST_GROWTH_BYTES = 64 * 1024 * 1024;
/** Up to this much of what was given back stays the process's for whoever comes next: new pages take time. */
const MOST_IDLE_BYTES = 64 * 1024 * 1024;
/**
 * V8 learns of pieces beyond the first 64 MiB in use at once: a program that never disposes its tensors needs its
 * collector, which runs the more often the more bytes it knows of.
 */
const MOST_UNKNOWN_BYTES = 64 * 1024 * 1024;
/** Buffers start where ONNX Runtime's own would, see `allocateAligned`. */
const ALIGNMENT_BYTES = 64;

interface Range {
  readonly start: number;
  readonly size: number;
}

/**
 * WebAssembly's memory, in which the processor's buffers lie, so that programs work on them where they are. It is
 * reserved as a whole and never moves; ONNX Runtime and JavaScript see pieces of it as memory like any other.
 */
export class SharedMemory {
  readonly memory: WebAssembly.Memory;
  /** Where it begins in this process. */
  readonly base: Pointer;
  readonly #mostBytes: number;
  readonly #free = new FreeRanges();
  readonly #rangeOf = new WeakMap<MemoryPiece, Range>();
  /** A piece that was collected gives its range back: no view of it is left. */
  readonly #collected = new FinalizationRegistry<Range>((range) => this.#give(range));
  #sizeBytes: number;
  #usedBytes = 0;
  /** Of the free ranges, about as much has been touched. */
  #idleBytes = 0;

  /** @throws RangeError if the system does not reserve that much */
  constructor(mostPages = MOST_PAGES) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true });
    this.base = loadKoffi().address(new Uint8Array(this.memory.buffer));
    this.#mostBytes = mostPages * PAGE_BYTES;
    this.#sizeBytes = PAGE_BYTES;
    this.#free.give(0, PAGE_BYTES);
  }

  /** Memory of that many bytes whose content is undefined, or nothing where there is no room. */
  allocate(sizeBytes: number): MemoryPiece | undefined {
    const start = this.take(sizeBytes);
    if (start === undefined) return undefined;
    const piece = new MemoryPiece(this.base + BigInt(start), sizeBytes);
    const range = { start, size: rounded(sizeBytes) };
    this.#rangeOf.set(piece, range);
    this.#collected.register(piece, range, piece);
    this.#usedBytes += range.size;
    if (this.#usedBytes > MOST_UNKNOWN_BYTES) void piece.memory;
    return piece;
  }

  /** Gives a piece back that nobody reads any more. One from elsewhere is left as it is. */
  giveBack(piece: MemoryPiece): void {
    const range = this.#rangeOf.get(piece);
    if (range === undefined) return;
    this.#rangeOf.delete(piece);
    this.#collected.unregister(piece);
    this.#give(range);
  }

  /** A place for that many bytes, for good. @returns the address within this memory, or nothing if it is full */
  take(sizeBytes: number): number | undefined {
    const size = rounded(sizeBytes);
    const start = this.#free.take(size) ?? (this.#grow(size) ? this.#free.take(size) : undefined);
    if (start !== undefined) this.#idleBytes = Math.max(0, this.#idleBytes - size);
    return start;
  }

  #give({ start, size }: Range): void {
    this.#usedBytes -= size;
    this.#free.give(start, size);
    this.#idleBytes += size;
    if (this.#idleBytes <= MOST_IDLE_BYTES) return;
    this.#free.forEach((free, bytes) => returnPages(this.base + BigInt(free), bytes));
    this.#idleBytes = 0;
  }

  #grow(size: number): boolean {
    const missing = size - this.#free.bytesUpTo(this.#sizeBytes);
    const room = this.#mostBytes - this.#sizeBytes;
    if (missing > room) return false;
    const wanted = Math.max(missing, Math.min(room, LEAST_GROWTH_BYTES));
    const pages = Math.ceil(wanted / PAGE_BYTES);
    try {
      this.memory.grow(pages);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.#free.give(this.#sizeBytes, pages * PAGE_BYTES);
    this.#sizeBytes += pages * PAGE_BYTES;
    return true;
  }
}

function rounded(sizeBytes: number): number {
  return Math.max(ALIGNMENT_BYTES, Math.ceil(sizeBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES);
}

let shared: SharedMemory | undefined;
let isRefused = false;

/** The memory of this thread's runners, or nothing where the system does not reserve it. */
export function sharedMemory(): SharedMemory | undefined {
  if (shared !== undefined || isRefused) return shared;
  try {
    shared = new SharedMemory();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    isRefused = true;
  }
  return shared;
}
