import { PAGE_BYTES } from "../programs/wasm-pages.js";
import type {} from "../programs/webassembly.js";
import { loadKoffi } from "./load-koffi.js";
import type { Pointer } from "./ort-api.js";
import { sharedMemory } from "./shared-memory.js";

/** Pages that hold a chunk of every array of a program. */
const SCRATCH_PAGES = 4;

/** The memory that a thread's programs see. */
export interface ProgramMemory {
  readonly memory: WebAssembly.Memory;
  /** Where it begins in this process. Arrays that lie elsewhere are copied chunk by chunk. */
  readonly base: Pointer;
  /** Where chunks are copied to, for each thread. */
  readonly scratch: readonly number[];
}

/** Is kept as long as the threads run, and is used again by those of the next queue. */
const idle: ProgramMemory[] = [];

export function takeProgramMemory(threads: number): ProgramMemory {
  const index = idle.findIndex(({ scratch }) => scratch.length >= threads);
  const [known] = index < 0 ? [] : idle.splice(index, 1);
  return known ?? makeProgramMemory(threads);
}

/** The threads have ended. */
export function giveProgramMemory(memory: ProgramMemory): void {
  idle.push(memory);
}

/** @throws RangeError where the system reserves no memory for WebAssembly */
function makeProgramMemory(threads: number): ProgramMemory {
  const scratchBytes = SCRATCH_PAGES * PAGE_BYTES;
  const shared = sharedMemory();
  const start = shared?.take(threads * scratchBytes);
  const scratchFrom = (first: number) => Array.from({ length: threads }, (_, index) => first + index * scratchBytes);
  if (shared !== undefined && start !== undefined)
    return { memory: shared.memory, base: shared.base, scratch: scratchFrom(start) };
  const own = memoryOf(threads * SCRATCH_PAGES);
  return { memory: own, base: loadKoffi().address(new Uint8Array(own.buffer)), scratch: scratchFrom(0) };
}

function memoryOf(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new RangeError(
      `The system reserves no memory for WebAssembly (${String(cause)}). Expected room for some 10 GB of addresses, of which few are used. Try: raise the limit of the process's addresses ("ulimit -v unlimited"), or start Node with --disable-wasm-trap-handler, which reserves less.`,
      { cause },
    );
  }
}
