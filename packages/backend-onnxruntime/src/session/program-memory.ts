import type {} from "../programs/webassembly.js";
import type { Pointer } from "./ort-api.js";
import { MOST_PAGES, PAGE_BYTES, sharedMemory } from "./shared-memory.js";

/** Pages that hold a chunk of every array of a program. */
const SCRATCH_PAGES = 4;

/** The memory that a thread's programs see. */
export interface ProgramMemory {
  readonly memory: WebAssembly.Memory;
  /** Arrays whose address lies less than `reachBytes` behind this one are in it; others are copied chunk by chunk. */
  readonly base: Pointer;
  readonly reachBytes: number;
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

function makeProgramMemory(threads: number): ProgramMemory {
  const scratchBytes = SCRATCH_PAGES * PAGE_BYTES;
  const shared = sharedMemory();
  const start = shared?.take(threads * scratchBytes);
  const scratchFrom = (first: number) => Array.from({ length: threads }, (_, index) => first + index * scratchBytes);
  if (shared !== undefined && start !== undefined) {
    const { memory, base } = shared;
    return { memory, base, reachBytes: MOST_PAGES * PAGE_BYTES, scratch: scratchFrom(start) };
  }
  const pages = threads * SCRATCH_PAGES;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return { memory, base: 0n, reachBytes: 0, scratch: scratchFrom(0) };
}
