import type { ContentOwner, LogEntry } from "./commit-log.js";
import type { Flush } from "./flush.js";
import { DataState, type LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import type { Liveness } from "./liveness.js";
import type { Run } from "./run.js";
import { firstOfOwners } from "./undo-changes.js";

export interface FailureOfFlushes {
  /** Those that fail together, oldest first. All their runs have ended. */
  readonly flushes: readonly Flush[];
  /** What they have changed, and what was changed since, oldest first. */
  readonly entries: readonly LogEntry[];
  /** Recorded nodes that were not started. */
  readonly pending: readonly LazyNode[];
  /** The nodes at which it began. */
  readonly culprits: ReadonlySet<LazyNode>;
  /** What reading a lost result throws. */
  readonly failure: unknown;
}

export interface RecoveryOptions {
  readonly liveness: Liveness;
  /** Hears of every result that is lost. */
  readonly onLost: (data: LazyData) => void;
}

/**
 * Sorts the results of failed flushes: those that depend on the culprits, or on changes that are lost, have failed; all
 * others that are needed and were not computed are pending again.
 * @returns the nodes that are pending again, in the order of recording
 */
export function recover(failed: FailureOfFlushes, options: RecoveryOptions): LazyNode[] {
  const { flushes, entries, pending, culprits, failure } = failed;
  const { liveness } = options;
  const nodes = flushes.flatMap((flush) => flush.nodes);
  for (const flush of flushes.toReversed()) undoTakeOvers(flush, liveness);
  dropGarbage(nodes, unsoundRuns(flushes), liveness);
  const lost = lostData(nodes, entries, culprits);
  redirect(pending, entries, lost);
  const revived = revive(nodes, lost);
  fail(nodes, lost, failure, options);
  for (const flush of flushes) for (const data of flush.takeHeld()) liveness.release(data);
  return revived;
}

/** The programs that would have written in place were skipped, so the old content is still there. */
function undoTakeOvers({ takeOvers }: Flush, liveness: Liveness): void {
  for (const { from, to, run } of takeOvers.toReversed()) {
    const buffer = to.release();
    if (buffer === undefined) continue;
    from.store(buffer, run);
    if (!from.isNeeded) liveness.discard(from);
  }
}

function unsoundRuns(flushes: readonly Flush[]): Set<Run> {
  return new Set(flushes.flatMap(({ runs }) => runs.filter(({ isSound }) => !isSound)));
}

/** What unsound runs wrote is worthless; nobody has to wait for the others. */
function dropGarbage(nodes: readonly LazyNode[], unsound: ReadonlySet<Run>, liveness: Liveness): void {
  for (const { outputs } of nodes) {
    for (const data of outputs) {
      if (data.run === undefined) continue;
      if (unsound.has(data.run)) liveness.discard(data);
      else data.settle();
    }
  }
}

/** Results of culprits, computed changes, and everything that was computed from them. */
function lostData(
  nodes: readonly LazyNode[],
  entries: readonly LogEntry[],
  culprits: ReadonlySet<LazyNode>,
): Set<LazyData> {
  const changes = new Set(entries.map((entry) => (entry.kind === "replacement" ? entry.next : undefined)));
  const lost = new Set<LazyData>();
  for (const node of nodes) {
    const isLost = culprits.has(node) || node.inputs.some((data) => data.state === DataState.Failed || lost.has(data));
    for (const data of node.outputs) if (isLost || changes.has(data)) lost.add(data);
  }
  return lost;
}

/**
 * What was recorded but not started reads the contents from before the lost changes, where it is clear whose they are.
 */
function redirect(pending: readonly LazyNode[], entries: readonly LogEntry[], lost: ReadonlySet<LazyData>): void {
  const befores = new Map(firstOfOwners(entries).map(({ owner, before }) => [owner, before]));
  const ownerOf = new Map<LazyData, ContentOwner>();
  const shared = new Set<LazyData>();
  for (const entry of entries) {
    if (entry.kind === "snapshot" || !lost.has(entry.next)) continue;
    if ((ownerOf.get(entry.next) ?? entry.owner) !== entry.owner) shared.add(entry.next);
    ownerOf.set(entry.next, entry.owner);
  }
  const roots = new Map<LazyData, LazyData>();
  for (const [next, owner] of ownerOf) {
    const before = befores.get(owner);
    if (before !== undefined && !shared.has(next)) roots.set(next, before);
  }
  if (roots.size === 0) return;
  for (const { inputs, waiting } of pending) {
    if (waiting === 0) continue;
    for (let i = 0; i < inputs.length; i++) {
      const data = inputs[i];
      const root = data === undefined ? undefined : roots.get(data);
      if (data === undefined || root === undefined) continue;
      data.users--;
      root.users++;
      inputs[i] = root;
    }
  }
}

/** Makes sound results that are still needed pending again, with everything that they are computed from. */
function revive(nodes: readonly LazyNode[], lost: ReadonlySet<LazyData>): LazyNode[] {
  const revived: LazyNode[] = [];
  for (const node of nodes.toReversed()) {
    const missing = node.outputs.filter((data) => data.state === DataState.Gone && data.isNeeded && !lost.has(data));
    if (missing.length === 0) continue;
    if (node.waiting === 0) for (const input of node.inputs) input.users++;
    node.waiting += missing.length;
    for (const data of missing) data.awaitNode(node, node.outputs.indexOf(data));
    revived.push(node);
  }
  return revived.reverse();
}

function fail(
  nodes: readonly LazyNode[],
  lost: ReadonlySet<LazyData>,
  failure: unknown,
  { liveness, onLost }: RecoveryOptions,
): void {
  for (const node of nodes) {
    for (const data of node.outputs) {
      if (!lost.has(data)) continue;
      const wasPending = data.node === node;
      liveness.discard(data);
      if (data.isNeeded) {
        data.fail(failure);
        onLost(data);
      }
      if (wasPending) liveness.finish(node);
    }
  }
}
