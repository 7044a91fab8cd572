import { readdirSync } from "node:fs";

/** Where Linux lists the devices that read and write memory of other machines (InfiniBand, RoCE, Omni-Path). */
const RDMA_DEVICES = "/sys/class/infiniband";

/** What UCX, over which MPICH's and Open MPI's messages may go, is told beside what the user has set. */
export type UcxSettings = Readonly<Record<string, string>>;

/**
 * Settings with which UCX can live in a process that has many threads by the time it is loaded.
 *
 * UCX handles signals; a SIGSEGV is how V8 learns that WebAssembly has left its memory, which is an exception there
 * and not the end of the process.
 *
 * UCX also watches which memory is given back, for caches of what network devices may reach. For that it writes over
 * libc's code, and tries that out by moving the end of the heap up a page and down again. Where another thread has
 * let the heap grow in between, that takes a page away from it. A machine without such a device needs none of it.
 */
export function ucxSettings(folder: string = RDMA_DEVICES): UcxSettings {
  const signals = { UCX_ERROR_SIGNALS: "SIGILL,SIGBUS,SIGFPE" };
  return hasEntries(folder) ? signals : { ...signals, UCX_MEM_EVENTS: "n" };
}

function hasEntries(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false; // The kernel knows no such devices, or this is not Linux.
  }
}
