import type { GraphBuilder } from "../contract/graph-builder.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import type { LazyKernel, Recording } from "../contract/lazy-kernel.js";
import { internOperation } from "../graph/intern-operation.js";
import type { PlanCacheStatistics } from "../graph/plan-cache.js";
import { specId } from "../graph/value-spec.js";
import { GraphRuns, type GraphRunsOptions } from "./graph-runs.js";
import { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import { Liveness } from "./liveness.js";
import { PendingNodes } from "./pending-nodes.js";
import { RunQueue } from "./run-queue.js";
import { stampTemporaries } from "./scope-temporaries.js";

const NO_ATTRIBUTES = {};
const NO_SCALARS: readonly number[] = [];

/** Recorded nodes after which a loop that neither reads nor submits is looked for. */
const FIRST_LOOK = 256;

export interface GraphEngineOptions extends GraphRunsOptions {
  readonly maxGraphNodes: number;
  /** Is called before results are computed. */
  readonly onRun: () => void;
}

/** Records nodes, and runs those that are needed as one graph. */
export class GraphEngine {
  readonly runner: GraphRunner;
  readonly queue: RunQueue;
  readonly liveness: Liveness;
  readonly #options: GraphEngineOptions;
  readonly #pending = new PendingNodes();
  readonly #runs: GraphRuns;
  #reads = 0;
  #nextLook: number;

  constructor(options: GraphEngineOptions) {
    this.#options = options;
    this.runner = options.runner;
    this.queue = new RunQueue(options.runner);
    this.liveness = new Liveness((buffer) => options.runner.free(buffer));
    this.#runs = new GraphRuns(options, this.queue, this.liveness);
    this.#nextLook = Math.min(FIRST_LOOK, options.maxGraphNodes);
  }

  get pendingCount(): number {
    return this.#pending.alive;
  }

  cacheStatistics(): PlanCacheStatistics {
    return this.#runs.cacheStatistics();
  }

  /** Adds one call of a kernel; its results are computed when somebody needs them. */
  record(kernel: LazyKernel, recording: Recording, inputs: readonly LazyData[], views: LazyNode["views"], computeDtype: GraphBuilder["computeDtype"]): LazyNode {
    const attrs = recording.attrs ?? NO_ATTRIBUTES;
    const outputs = recording.outputs.map(({ dtype, shape }) => new LazyData(dtype, shape, specId(dtype, shape)));
    const node: LazyNode = {
      kernel,
      operationId: internOperation(kernel, attrs, computeDtype),
      attrs,
      computeDtype,
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
      output.node = node;
      output.outputIndex = i;
    }
    this.#pending.add(node);
    return node;
  }

  /** Runs something if so much was recorded that a graph would grow without limit: whole steps of a loop, else everything. */
  limit(): void {
    const { length } = this.#pending;
    if (length < this.#nextLook) return;
    const alive = this.#pending.alive;
    const { maxGraphNodes } = this.#options;
    const repetition = alive < length / 2 ? undefined : this.#pending.repetition();
    if (repetition !== undefined) this.#runUpTo(repetition);
    else if (length >= maxGraphNodes && alive >= maxGraphNodes / 2) this.runAll();
    this.#nextLook = Math.min(maxGraphNodes, Math.max(FIRST_LOOK, 2 * this.#pending.alive));
  }

  /** Starts one graph that computes every live result. */
  runAll(): void {
    this.#options.onRun();
    this.#runs.run(this.#pending.all(), (data) => data.refs > 0);
  }

  /**
   * Starts one graph that computes these results, and those that will outlive the open scopes (variables, kept tensors,
   * gradients, values saved for them): computing such a one later would compute its whole history twice. Temporary results
   * stay recorded; one that a second read needs is kept then.
   */
  runFor(wanted: ReadonlySet<LazyData>): void {
    this.#options.onRun();
    const stamp = ++this.#reads;
    stampTemporaries(stamp);
    const isLasting = (data: LazyData) => data.node !== undefined && data.refs > 0 && (data.isVariable || data.refs > 1 || data.temporaryIn !== stamp);
    const nodes = this.#pending.neededBy(wanted, isLasting);
    this.#runs.run(nodes, (data) => wanted.has(data) || isLasting(data) || (data.refs > 0 && data.node?.hasRun === true));
  }

  #runUpTo(end: number): void {
    this.#options.onRun();
    const { nodes, needed } = this.#pending.upTo(end);
    this.#runs.run(nodes, (data) => data.refs > 0 || needed.has(data));
  }

  dispose(): void {
    if (this.queue.last !== undefined) this.queue.join(this.queue.last);
    this.#runs.clear();
  }
}
