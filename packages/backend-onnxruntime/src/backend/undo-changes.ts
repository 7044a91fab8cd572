import type { LogEntry, Replacement } from "./commit-log.js";
import type { LazyData } from "./lazy-data.js";
import type { Liveness } from "./liveness.js";

/** The contents that changes go back to. One that came and went in between is nobody's way back. */
export function lastSound(entries: readonly LogEntry[]): Replacement[] {
  const inBetween = new Set(entries.map((entry) => (entry.kind === "replacement" ? entry.next : undefined)));
  return entries.filter((entry): entry is Replacement => entry.kind === "replacement" && !inBetween.has(entry.before));
}

/**
 * Puts variables and the host's own state back to where the last committed flush left them, newest change first.
 * @param giveBack gives a content back to the tensor that had it
 */
export function undoChanges(entries: readonly LogEntry[], giveBack: (replacement: Replacement) => void, liveness: Liveness): void {
  const sound = new Set<LogEntry>(lastSound(entries));
  for (const entry of entries.toReversed()) {
    if (entry.kind === "snapshot") entry.restore();
    else if (sound.has(entry)) giveBack(entry);
  }
  releaseBefore(entries, liveness);
}

/** Whatever changes would have gone back to is not needed any more. */
export function releaseBefore(entries: readonly LogEntry[], liveness: Liveness): void {
  const released: LazyData[] = [];
  for (const entry of entries) {
    if (entry.kind === "snapshot") continue;
    entry.before.holds--;
    released.push(entry.before);
  }
  for (const data of released) liveness.release(data);
}
