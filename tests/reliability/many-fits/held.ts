/** What a process holds, and what of it has grown. */
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as L from "lightning-ts";

export type Held = Readonly<Record<string, number>>;

/** Between two looks: what is closing has closed by then. */
const PAUSE_MS = 100;
/** Operations that take longer than this count as held. */
const MAX_LOOKS = 50;

/**
 * Counts tensors, their bytes, handles by kind, listeners by event and open files, once no operation on files is under
 * way: a loader of modules that writes its cache in the background (tsx does) would be counted as ours.
 */
export async function held(): Promise<Held> {
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    await sleep(PAUSE_MS);
    if (!process.getActiveResourcesInfo().some((kind) => kind.startsWith("FSReq"))) break;
  }
  return {
    tensors: L.tf.memory().numTensors,
    bytes: L.tf.memory().numBytes,
    ...counts("handle", process.getActiveResourcesInfo()),
    ...counts("listener", process.eventNames().flatMap(eachListener)),
    openFiles: process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0,
  };
}

/** What there is more of than before, each as a line. Less than before is no fault: a library may close what it had. */
export function grown(before: Held, after: Held): string[] {
  return Object.entries(after)
    .filter(([what, count]) => count > (before[what] ?? 0))
    .map(([what, count]) => `${what}: ${before[what] ?? 0} before, ${count} after`);
}

/** The name of an event, once for each of its listeners. */
function eachListener(event: string | symbol): string[] {
  const emitter: NodeJS.EventEmitter = process;
  return Array.from({ length: emitter.listenerCount(event) }, () => String(event));
}

function counts(what: string, names: readonly string[]): Held {
  const found: Record<string, number> = {};
  for (const name of names) found[`${what} ${name}`] = (found[`${what} ${name}`] ?? 0) + 1;
  return found;
}
