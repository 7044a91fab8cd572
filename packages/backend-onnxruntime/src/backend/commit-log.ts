import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Has a content that lives on from step to step: a variable's, or that of a tensor which somebody keeps. */
export interface ContentOwner {
  /**
   * A failure gives back what was there before the first change.
   * @param before the one reference to it, with the shape under which it was written
   */
  takeBack(before: TensorInfo, backend: KernelBackend): void;
}

/** Something that took another value, and the way back. */
export type LogEntry = Replacement | Snapshot;

/** The content of a variable, or of another tensor that lives on from step to step, gave way to another. */
export interface Replacement {
  readonly kind: "replacement";
  readonly owner: ContentOwner;
  readonly next: LazyData;
  readonly before: LazyData;
  /**
   * Whether `before` is held until the log is settled: where an owner got several contents, only the first way back
   * counts.
   */
  isHeld: boolean;
}

/** State on the host, as it was before the first change in a flush. */
interface Snapshot {
  readonly kind: "snapshot";
  readonly restore: () => void;
}

/** Entries in the order of the changes. */
export class LogSegment {
  entries: LogEntry[] = [];
  readonly owners = new Set<object>();
}

/**
 * What has changed since the newest flush that is known to have gone well. Entries gather in the order of the changes
 * and go over to the flush that computes them.
 */
export class CommitLog {
  #open = new LogSegment();
  /** Somebody said that a step begins; what changes from here on is that step's, recorded or not. */
  #hasBegun = false;
  readonly #newestStarted: () => LogSegment | undefined;
  readonly #hasRecorded: () => boolean;

  /**
   * @param newestStarted the log of the flush that was started last, if it is not settled
   * @param hasRecorded whether anything was recorded since it was started
   */
  constructor(newestStarted: () => LogSegment | undefined, hasRecorded: () => boolean) {
    this.#newestStarted = newestStarted;
    this.#hasRecorded = hasRecorded;
  }

  /** To be called while `before` still has its content. */
  replace(owner: ContentOwner, next: LazyData, before: LazyData): void {
    const segment = next.node === undefined ? this.#segment() : this.#open;
    if (segment === undefined) return;
    before.holds++;
    segment.entries.push({ kind: "replacement", owner, next, before, isHeld: true });
  }

  /** @param snapshot is called unless this flush has one of the same owner already; it returns the way back */
  remember(owner: object, snapshot: () => () => void, belongsTo: "before" | "next" = "before"): void {
    if (belongsTo === "next") this.#hasBegun = true;
    const segment = this.#segment();
    if (segment === undefined || segment.owners.has(owner)) return;
    segment.owners.add(owner);
    segment.entries.push({ kind: "snapshot", restore: snapshot() });
  }

  /**
   * The entries that a flush settles: all up to the first whose new content it leaves pending. Where an owner got
   * several contents, only the one before the first has to be kept.
   * @param isIncluded whether a pending node is part of the flush
   * @returns the entries, and the contents that need not be held any more
   */
  bind(isIncluded: (node: LazyNode) => boolean): { readonly segment: LogSegment; readonly released: LazyData[] } {
    const segment = this.takeOpen();
    const isLeftOut = ({ node }: LazyData): boolean => node !== undefined && !isIncluded(node);
    const end = segment.entries.findIndex((entry) => entry.kind === "replacement" && isLeftOut(entry.next));
    if (end >= 0) this.#open.entries = segment.entries.splice(end);
    return { segment, released: shorten(segment.entries) };
  }

  /** Everything that no flush has taken. */
  takeOpen(): LogSegment {
    const open = this.#open;
    this.#open = new LogSegment();
    this.#hasBegun = false;
    return open;
  }

  /**
   * A change belongs to the step that has begun, or to what was recorded before it; where that is settled, it is final:
   * weights that were loaded between steps stay, whatever becomes of the next one.
   */
  #segment(): LogSegment | undefined {
    return this.#hasBegun || this.#hasRecorded() ? this.#open : this.#newestStarted();
  }
}

function shorten(entries: readonly LogEntry[]): LazyData[] {
  const owners = new Set<object>();
  const released: LazyData[] = [];
  for (const entry of entries) {
    if (entry.kind !== "replacement") continue;
    if (owners.has(entry.owner)) {
      entry.isHeld = false;
      entry.before.holds--;
      released.push(entry.before);
    }
    owners.add(entry.owner);
  }
  return released;
}
