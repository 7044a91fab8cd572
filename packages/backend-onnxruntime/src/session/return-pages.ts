import { PAGE_BYTES } from "../programs/wasm-pages.js";
import { loadKoffi } from "./load-koffi.js";
import type { Pointer } from "./ort-api.js";

const PAGE = BigInt(PAGE_BYTES);
const MADV_DONTNEED = 4;

type Advise = (address: Pointer, bytes: bigint, advice: number) => number;

let advise: Advise | undefined;

/**
 * Tells the system that nobody needs what is in this memory: its pages go back, and are zeros when they are next
 * touched. Elsewhere than on Linux they stay the process's, and are used again.
 */
export function returnPages(address: Pointer, sizeBytes: number): void {
  if (process.platform !== "linux") return;
  const start = ((address + PAGE - 1n) / PAGE) * PAGE;
  const end = ((address + BigInt(sizeBytes)) / PAGE) * PAGE;
  if (end <= start) return;
  advise ??= loadKoffi().load(null).func("madvise", "int", ["void *", "size_t", "int"]) as Advise;
  advise(start, end - start, MADV_DONTNEED);
}
