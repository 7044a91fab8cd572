import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { Threads } from "../../ports/threads.js";

let port: Threads | undefined;

/** Says how threads are started. The entry of a platform calls it. */
export function setThreads(threads: Threads | undefined): void {
  port = threads;
}

/** @throws MisconfigurationError where nothing starts threads */
export function requireThreads(): Threads {
  if (port !== undefined) return port;
  throw new MisconfigurationError({
    code: "LIT_PORTS",
    message: "DataLoader's numWorkers needs worker threads, and nothing here starts them.",
    tryThis:
      "importing @lightning-ts/fabric, @lightning-ts/pytorch or lightning-ts, which bring those of Node; elsewhere numWorkers: 0.",
  });
}
