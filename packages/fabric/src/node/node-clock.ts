import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@lightning-ts/core";

/** Node's clock. */
export function nodeClock(): Clock {
  return {
    now: () => performance.now(),
    wallTimeMs: () => Date.now(),
    sleep: (durationMs, signal) => sleep(durationMs, undefined, signal === undefined ? {} : { signal }),
    yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
