import type { OperationOrigin, ProfileInProgress } from "../contract/engine-profile.js";
import type { GraphBuilder } from "../contract/graph-builder.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { EngineError } from "../errors/engine-error.js";
import { internOperation } from "../graph/intern-operation.js";
import { mapPacked } from "../graph/map-packed.js";
import type { PlanCacheStatistics } from "../graph/plan-cache.js";
import { specId } from "../graph/value-spec.js";
import { CommitLog, LogSegment, type Replacement } from "./commit-log.js";
import { describeBadIndex } from "./describe-bad-index.js";
import { explainFailure, type FailureCircumstances } from "./explain-failure.js";
import { findCulprits } from "./find-culprits.js";
import { Flush, type RunOfNodes } from "./flush.js";
import { FlushQueue } from "./flush-queue.js";
import { GraphRuns, type GraphRunsOptions } from "./graph-runs.js";
import { DataState, LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import { Liveness } from "./liveness.js";
import { type Cut, LoopWatch } from "./loop-watch.js";
import { type Marks, NO_MARKS } from "./marks.js";
import { PendingNodes } from "./pending-nodes.js";
import { recover } from "./recovery.js";
import { RunProfile } from "./run-profile.js";
import { firstOfOwners, releaseBefore, undoChanges } from "./undo-changes.js";
import { absorbedCall } from "./absorbed-call.js";
import { type RecordedCall, spreadMeans } from "./spread-means.js";
import { StartFailure } from "./start-failure.js";
import { stampTemporaries } from "./scope-temporaries.js";

/** Flushes after which a caller that never waits is made to. */
const LONGEST_QUEUE = 4;
const NO_ATTRIBUTES = {};
const NO_SCALARS: readonly number[] = [];

export interface GraphEngineOptions extends GraphRunsOptions {
  readonly maxGraphNodes: number;
  /** Is called before results are computed. */
  readonly onRun: () => void;
  /** Gives a content back to the tensor that had it before a flush that failed. */
  readonly giveBack: (replacement: Replacement) => void;
}

/** Records nodes, and runs those that are needed as one graph. */
export class GraphEngine {
  readonly runner: GraphRunner;
  readonly queue: FlushQueue;
  readonly log: CommitLog;
  readonly liveness: Liveness;
  readonly #options: GraphEngineOptions;
  readonly #pending = new PendingNodes();
  readonly #runs: GraphRuns;
  readonly #loops: LoopWatch;
  #reads = 0;
  /** Goes up when a failure becomes known: what is started from then on stands on sound ground. */
  #epoch = nextEpoch();
  #hasRecorded = false;
  /** Failures that are being taken back, one inside the other. */
  #recoveries = 0;
  #recorded = 0;
  #profile: { readonly notes: RunProfile; readonly end: () => void } | undefined;

  constructor(options: GraphEngineOptions) {
    this.#options = options;
    this.runner = options.runner;
    this.queue = new FlushQueue({
      runner: options.runner,
      onCommit: (flush) => this.#commit(flush),
      onFailure: (failed, run, cause) => this.#runFailed(failed, run, cause),
    });
    this.log = new CommitLog(
      () => this.queue.last?.log,
      () => this.#hasRecorded,
    );
    this.liveness = new Liveness((buffer) => options.runner.free(buffer));
    this.#runs = new GraphRuns(options, this.queue, this.liveness);
    this.#loops = new LoopWatch(this.#pending, options.maxGraphNodes);
  }

  get pendingCount(): number {
    return this.#pending.alive;
  }

  cacheStatistics(): PlanCacheStatistics {
    return this.#runs.cacheStatistics();
  }

  /** Adds one call of a kernel; its results are computed when somebody needs them. */
  record(called: LazyKernel, asCalled: RecordedCall, computeDtype: GraphBuilder["computeDtype"]): LazyNode {
    const { kernel, call } = absorbedCall(called, spreadMeans(asCalled));
    const { recording, inputs, views } = call;
    const attrs = recording.attrs ?? NO_ATTRIBUTES;
    const outputs = mapPacked(
      recording.outputs,
      ({ dtype, shape }) => new LazyData(dtype, shape, specId(dtype, shape)),
    );
    const node: LazyNode = {
      number: this.#recorded++,
      kernel,
      operationId: internOperation(kernel, attrs, computeDtype),
      attrs,
      computeDtype,
      program: kernel.program?.(attrs),
      scalars: recording.scalars ?? NO_SCALARS,
      inputs,
      views,
      outputs,
      waiting: outputs.length,
      flush: -1,
      position: -1,
      hasRun: false,
    };
    for (const input of inputs) input.users++;
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i];
      if (output === undefined) continue;
      output.awaitNode(node, i);
    }
    this.#pending.add(node);
    this.#hasRecorded = true;
    this.#profile?.notes.noteRecorded(node);
    return node;
  }

  /**
   * Runs something if so much was recorded that a graph would grow without limit: whole steps of a loop, else
   * everything.
   */
  limit(): void {
    if (!this.#loops.isDue) return;
    for (let cut = this.#loops.nextCut(); cut !== undefined; cut = this.#loops.nextCut()) this.#runUpTo(cut);
  }

  /** Starts one graph that computes every live result, but means that nobody has asked for. */
  runAll(): void {
    this.queue.settleEnded();
    this.#loops.restart();
    this.#start(this.#pending.due(), isKept);
  }

  /**
   * Starts one graph that computes these results, and those that will outlive the open scopes (variables, kept tensors,
   * gradients, values saved for them): computing such a one later would compute its whole history twice. Temporary
   * results stay recorded; one that a second read needs is kept then.
   * @param groups has graphs of their own for what the first group needs, then the second and so on
   */
  runFor(wanted: ReadonlySet<LazyData>, groups: Marks["groups"] = []): void {
    this.queue.settleEnded();
    this.#loops.restart();
    const stamp = ++this.#reads;
    stampTemporaries(stamp);
    const isLasting = (data: LazyData) =>
      data.node !== undefined && isKeptAnyway(data) && (data.isVariable || data.holds > 0 || !data.isTemporary(stamp));
    const nodes = this.#pending.neededBy(wanted, isLasting);
    const isWanted = (data: LazyData) =>
      wanted.has(data) || isLasting(data) || (isKept(data) && data.node?.hasRun === true);
    this.#start(nodes, isWanted, { ...NO_MARKS, groups });
  }

  /** `runFor` that also computes what reads memory of somebody else, which will not stay as it is. */
  runBeforeAdoptedChange(wanted: ReadonlySet<LazyData>): void {
    const readers = this.#pending.readersOfAdopted();
    const outputs = readers.flatMap((node) => node.outputs.filter((data) => data.node === node && data.isNeeded));
    this.runFor(new Set([...wanted, ...outputs]));
  }

  #runUpTo({ end, period }: Cut): void {
    const { nodes, needed, stepStarts } = this.#pending.upTo(end, period);
    this.#start(nodes, (data) => isKept(data) || needed.has(data), { ...NO_MARKS, stepStarts });
    this.#pending.drop(end);
    this.#hasRecorded = this.#pending.length > 0;
  }

  #start(recorded: readonly LazyNode[], isWanted: (data: LazyData) => boolean, marks?: Marks): void {
    this.#options.onRun();
    const number = recorded[0]?.flush;
    const { segment, released } = this.log.bind((node) => node.flush === number);
    this.#hasRecorded = false;
    for (const data of released) this.liveness.release(data);
    const nodes = released.length === 0 ? recorded : recorded.filter(({ waiting }) => waiting > 0);
    this.#startFlush(new Flush(this.#epoch, nodes, segment), isWanted, marks);
  }

  #startFlush(flush: Flush, isWanted: (data: LazyData) => boolean, marks?: Marks): void {
    this.queue.open(flush);
    const inherited = this.#failHeirs(flush.nodes);
    const isLost = flush.log.entries.some(
      (entry) => entry.kind === "replacement" && entry.next.state === DataState.Failed,
    );
    if (inherited !== undefined && isLost) {
      this.queue.abort(flush);
      this.#recover([flush], new Set(), inherited.failure);
      return;
    }
    const nodes = inherited === undefined ? flush.nodes : flush.nodes.filter(({ waiting }) => waiting > 0);
    try {
      if (inherited !== undefined) nodes.forEach((node, position) => (node.position = position));
      this.#runs.start(flush, nodes, isWanted, marks);
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      this.queue.abort(flush);
      const culprits = findCulprits(error.nodes, error.cause, error.position);
      this.#recover([flush], culprits, explainFailure(error.cause, culprits, this.#circumstances(error.nodes)));
      return;
    }
    this.queue.seal(flush);
    if (!this.runner.isAsynchronous) this.queue.settleEnded();
    const { previous } = this.queue;
    if (previous !== undefined && this.queue.length > LONGEST_QUEUE) this.queue.joinFlush(previous);
  }

  /** Nodes that read a lost result are lost too. @returns a result that was lost, if there is one */
  #failHeirs(nodes: readonly LazyNode[]): LazyData | undefined {
    let source: LazyData | undefined;
    for (const node of nodes) {
      const failed = node.inputs.find((data) => data.state === DataState.Failed);
      if (failed === undefined) continue;
      source ??= failed;
      for (const data of node.outputs) {
        if (data.node !== node) continue;
        data.fail(failed.failure);
        this.#options.onMaterialized(data);
        this.liveness.finish(node);
      }
    }
    return source;
  }

  #commit(flush: Flush): void {
    for (const node of flush.nodes) for (const data of node.outputs) if (data.run?.flushId === flush.id) data.settle();
    releaseBefore(flush.log.entries, this.liveness);
    for (const data of flush.takeHeld()) this.liveness.release(data);
    flush.forget();
  }

  #runFailed(failed: readonly Flush[], run: RunOfNodes, cause: unknown): void {
    const culprits = findCulprits(run.nodes, cause, undefined, run.checks);
    this.#recover(failed, culprits, explainFailure(cause, culprits, this.#circumstances(run.nodes)));
  }

  #circumstances(nodes: readonly LazyNode[]): FailureCircumstances {
    return { nodes, badIndexOf: (node) => describeBadIndex(node, this.runner), held: () => this.runner.statistics() };
  }

  #recover(flushes: readonly Flush[], culprits: ReadonlySet<LazyNode>, failure: unknown): void {
    this.#epoch = nextEpoch();
    this.queue.report(failure, this.#recoveries > 0);
    this.#recoveries += 1;
    try {
      this.#takeBack(flushes, culprits, failure);
    } finally {
      this.#recoveries -= 1;
    }
  }

  #takeBack(flushes: readonly Flush[], culprits: ReadonlySet<LazyNode>, failure: unknown): void {
    const { liveness } = this;
    const { onMaterialized: onLost, giveBack } = this.#options;
    const entries = [...flushes.flatMap(({ log }) => log.entries), ...this.log.takeOpen().entries];
    const revived = recover(
      { flushes, entries, pending: this.#pending.all(), culprits, failure },
      { liveness, onLost },
    );
    this.#computeAgain(revived);
    const unknown = new Set(
      firstOfOwners(entries).flatMap(({ before }) => (before.node === undefined ? [] : [before])),
    );
    if (unknown.size > 0)
      this.#compute(
        this.#pending.neededBy(unknown, () => false),
        (data) => unknown.has(data),
      );
    undoChanges(entries, { giveBack, liveness, onError: (error) => this.queue.report(error, true) });
  }

  /** Takes back what was logged and belongs to no flush. */
  rollBack(): void {
    this.#takeBack([], new Set(), undefined);
  }

  /** What was revived, with everything pending that it reads. */
  #computeAgain(revived: readonly LazyNode[]): void {
    this.#pending.restore(revived);
    const missing = new Set(revived.flatMap(({ outputs }) => outputs));
    this.#compute(
      this.#pending.neededBy(missing, () => false),
      (data) => missing.has(data) && data.isNeeded,
    );
  }

  /** Runs nodes on their own, so that a second failure among them does not take later steps along. */
  #compute(nodes: readonly LazyNode[], isWanted: (data: LazyData) => boolean): void {
    if (nodes.length === 0) return;
    const flush = new Flush(this.#epoch, nodes, new LogSegment());
    this.#startFlush(flush, isWanted);
    this.queue.joinFlush(flush);
  }

  /**
   * Has everything timed that is recorded from now on; what was recorded before runs first.
   * @throws EngineError where the runner cannot measure, or a profile is being taken already
   */
  startProfile(origin: () => OperationOrigin): ProfileInProgress {
    if (this.#profile !== undefined)
      throw new EngineError({
        code: "LIT_ENGINE_PROFILE",
        message: "A profile is being taken already.",
        tryThis: "stop that one first.",
      });
    this.runAndJoin();
    const notes = new RunProfile(this.runner, origin);
    const profile = { notes, end: this.#runs.profileInto(notes) };
    this.#profile = profile;
    return {
      drop: () => {
        this.runAndJoin();
        notes.drop();
      },
      stop: () => {
        if (this.#profile === profile) this.#endProfile();
        return notes.finish();
      },
    };
  }

  #endProfile(): void {
    this.runAndJoin();
    this.#profile?.end();
    this.#profile = undefined;
  }

  /** Runs all that was recorded, and blocks until it has ended. Its failures show in the data. */
  runAndJoin(): void {
    this.runAll();
    this.queue.joinAll();
  }

  dispose(): void {
    this.queue.joinAll();
    this.#profile?.end();
    this.#runs.clear();
  }
}

let epochs = 0;

/** Higher than all before: a runner passes over epochs up to the one that failed, whichever engine's it was. */
function nextEpoch(): number {
  epochs += 1;
  return epochs;
}

/** Whether somebody outside of the graph needs the result. */
function isKept(data: LazyData): boolean {
  return data.refs > 0 || data.holds > 0;
}

/** Whether somebody outside of the graph needs the result and does not ask for it before. */
function isKeptAnyway(data: LazyData): boolean {
  return isKept(data) && data.node?.kernel.isMeanOnDemand !== true;
}
