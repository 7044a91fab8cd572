import type { LogEntry, Replacement } from "./commit-log.js";
import type { LazyData } from "./lazy-data.js";
import type { Liveness } from "./liveness.js";

export interface UndoOptions {
  /** Gives a content back to its owner. */
  readonly giveBack: (replacement: Replacement) => void;
  /** Hears of everything that could not be put back; the rest is put back all the same. */
  readonly onError: (error: unknown) => void;
  readonly liveness: Liveness;
}

/** The oldest change of every owner: what it goes back to. */
export function firstOfOwners(entries: readonly LogEntry[]): Replacement[] {
  const first = new Map<object, Replacement>();
  for (const entry of entries)
    if (entry.kind === "replacement" && !first.has(entry.owner)) first.set(entry.owner, entry);
  return [...first.values()];
}

/** Puts variables and the host's own state back to where the last committed flush left them, newest change first. */
export function undoChanges(entries: readonly LogEntry[], { giveBack, onError, liveness }: UndoOptions): void {
  const first = new Set<LogEntry>(firstOfOwners(entries));
  for (const entry of entries.toReversed()) {
    try {
      if (entry.kind === "snapshot") entry.restore();
      else if (first.has(entry)) giveBack(entry);
    } catch (error) {
      onError(error);
    }
  }
  releaseBefore(entries, liveness);
}

/** Whatever changes would have gone back to is not needed any more. */
export function releaseBefore(entries: readonly LogEntry[], liveness: Liveness): void {
  const released: LazyData[] = [];
  for (const entry of entries) {
    if (entry.kind === "snapshot" || !entry.isHeld) continue;
    entry.before.holds--;
    released.push(entry.before);
  }
  for (const data of released) liveness.release(data);
}
