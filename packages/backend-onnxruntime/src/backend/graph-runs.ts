import type { CompiledGraph, GraphBuffer, GraphRunner } from "../contract/graph-runner.js";
import { PlanCache } from "../graph/plan-cache.js";
import { StructureKey } from "../graph/structure-key.js";
import { sizeOf } from "../graph/value-spec.js";
import { probeBlockedChannels } from "../lowering/fused/blocked-channels-probe.js";
import { encodeModel } from "../onnx-model/encode-model.js";
import { ThrashWatch } from "../session/thrash-watch.js";
import { explainFailure } from "./explain-failure.js";
import { GraphRequest } from "./graph-request.js";
import { copyToBuffer } from "./host-copies.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import type { Liveness } from "./liveness.js";
import { lowerRequest } from "./lower-request.js";
import { programStages } from "./program-stages.js";
import type { Run, RunQueue } from "./run-queue.js";

/** Runs after which a caller that never waits is made to. */
const LONGEST_QUEUE = 8;

export interface GraphRunsOptions {
  readonly runner: GraphRunner;
  readonly cacheSize: number;
  /** Gets every model before it is compiled. */
  readonly onModel: ((model: Uint8Array) => void) | undefined;
  /** Is called with results that got a buffer, or failed. */
  readonly onMaterialized: (data: LazyData) => void;
  readonly warn: (message: string) => void;
}

/** Turns recorded nodes into graphs, compiled once for each structure, and starts them over the buffers of their data. */
export class GraphRuns {
  readonly #options: GraphRunsOptions;
  readonly #runner: GraphRunner;
  readonly #queue: RunQueue;
  readonly #liveness: Liveness;
  readonly #key = new StructureKey();
  readonly #plans: PlanCache;
  /** Probed once, when the first convolution asks. */
  readonly #blockedChannels = once(() => probeBlockedChannels(this.#runner));
  readonly #thrashWatch: ThrashWatch;

  constructor(options: GraphRunsOptions, queue: RunQueue, liveness: Liveness) {
    this.#options = options;
    this.#runner = options.runner;
    this.#queue = queue;
    this.#liveness = liveness;
    this.#thrashWatch = new ThrashWatch(options.warn);
    this.#plans = new PlanCache(options.cacheSize, (graph) => options.runner.release(graph));
  }

  cacheStatistics(): ReturnType<PlanCache["statistics"]> {
    return this.#plans.statistics();
  }

  /** Releases all graphs. */
  clear(): void {
    this.#plans.clear();
  }

  /** Runs nodes as one graph, or as several where some of them run outside of graphs. */
  run(nodes: readonly LazyNode[], isWanted: (data: LazyData) => boolean): void {
    if (this.#runner.startProgram === undefined || !nodes.some(isProgram)) {
      this.#runGraph(nodes, isWanted);
      return;
    }
    for (const stage of programStages(nodes)) {
      stage.nodes.forEach((node, position) => (node.position = position));
      this.#runGraph(stage.nodes, (data) => isWanted(data) || stage.needed.has(data));
      for (const node of stage.programs) this.#runProgram(node);
    }
  }

  #runProgram(node: LazyNode): void {
    const program = node.kernel.program?.(node.attrs);
    if (program === undefined || this.#inheritsFailure(node)) return;
    const sources = this.#sourcesOf(node.inputs);
    const tensors = node.inputs.slice(0, node.inputs.length / program.inputCount);
    const singles: GraphBuffer[] = [];
    const inputs = node.inputs.map((data) => data.buffer ?? this.#packSingle(data, singles));
    const outputs = node.outputs.map((data, i) => this.#takeOver(node.inputs, i % tensors.length, tensors.length) ?? this.#allocateFor(data));
    const elementCounts = tensors.map(({ shape }) => sizeOf(shape));
    const ticket = this.#runner.startProgram?.({ program, scalars: node.scalars, elementCounts, inputs, outputs });
    if (ticket === undefined) return;
    const run = this.#queue.add(ticket, sources, (cause) => explainFailure(cause, [node]));
    for (const single of singles) this.#runner.free(single);
    this.#finish([node], node.outputs, outputs, run);
  }

  /**
   * The buffer of an array of tensor `tensor` that nobody but this program needs any more: it writes in place, which saves
   * memory its way into the cache. Runs that read the old content were started before, so they are over by then.
   */
  #takeOver(inputs: readonly LazyData[], tensor: number, tensors: number): GraphBuffer | undefined {
    for (let i = tensor; i < inputs.length; i += tensors) {
      const data = inputs[i];
      if (data?.buffer === undefined || data.refs > 0 || data.users > 1) continue;
      const { buffer } = data;
      data.buffer = undefined;
      return buffer;
    }
    return undefined;
  }

  #packSingle(data: LazyData, packs: GraphBuffer[]): GraphBuffer {
    if (data.single === undefined) return bufferOf(data);
    const buffer = this.#runner.allocate(4);
    copyToBuffer([data.single], "float32", buffer);
    packs.push(buffer);
    return buffer;
  }

  #runGraph(recorded: readonly LazyNode[], isWanted: (data: LazyData) => boolean): void {
    const nodes = recorded.filter((node) => !this.#inheritsFailure(node));
    if (nodes.length === 0) return;
    const request = new GraphRequest(nodes, this.#key, (data) => data.node !== undefined && isWanted(data));
    if (request.outputs.length === 0) return;
    const known = this.#plans.find(this.#key);
    this.#thrashWatch.note(known !== undefined);
    const graph = known ?? this.#compile(request);
    if (graph === undefined) return;
    const sources = this.#sourcesOf(request.inputs);
    const packs = this.#pack(request);
    const inputs = [...request.inputs.map(bufferOf), ...packs];
    const outputs = graph.outputs.map((_, i) => this.#allocateFor(request.outputs[i]));
    const run = this.#queue.start(graph, inputs, outputs, sources, (cause) => explainFailure(cause, nodes));
    for (const pack of packs) this.#runner.free(pack);
    this.#finish(nodes, request.outputs, outputs, run);
    if (this.#queue.length > LONGEST_QUEUE && this.#queue.previous !== undefined) this.#queue.join(this.#queue.previous);
  }

  /** @returns `undefined` if it failed; the results then have the failure instead of a value */
  #compile(request: GraphRequest): CompiledGraph | undefined {
    try {
      const description = lowerRequest(request, this.#blockedChannels);
      const model = encodeModel(description);
      this.#options.onModel?.(model);
      const graph = this.#runner.compile({ model, inputs: description.inputs, outputs: description.outputs });
      this.#plans.add(this.#key, graph);
      return graph;
    } catch (error) {
      const failed = this.#queue.addFailed(explainFailure(error, request.nodes));
      for (const node of request.nodes) this.#abandon(node, failed);
      return undefined;
    }
  }

  /** A node that reads a result of a failed run fails with it. */
  #inheritsFailure(node: LazyNode): boolean {
    const failed = node.inputs.find((data) => data.run?.failure !== undefined)?.run;
    if (failed !== undefined) this.#abandon(node, failed);
    return failed !== undefined;
  }

  #abandon(node: LazyNode, failed: Run): void {
    for (const data of node.outputs) {
      if (data.node !== node) continue;
      data.node = undefined;
      data.run = failed;
      this.#options.onMaterialized(data);
      this.#liveness.finish(node);
    }
  }

  /** Runs in flight whose results this one reads. */
  #sourcesOf(inputs: readonly LazyData[]): Run[] {
    const sources: Run[] = [];
    for (const { run } of inputs) if (run !== undefined && !run.isSettled && !sources.includes(run)) sources.push(run);
    return sources;
  }

  #pack(request: GraphRequest): GraphBuffer[] {
    const packs: GraphBuffer[] = [];
    for (const [values, dtype] of [[request.floats, "float32"], [request.ints, "int32"]] as const) {
      if (values.length === 0) continue;
      const buffer = this.#runner.allocate(values.length * 4);
      copyToBuffer(values, dtype, buffer);
      packs.push(buffer);
    }
    return packs;
  }

  #allocateFor(data: LazyData | undefined): GraphBuffer {
    if (data === undefined) throw new RangeError("A graph has more outputs than were asked for.");
    let size = data.dtype === "bool" ? 1 : 4;
    for (const extent of data.shape) size *= extent;
    return this.#runner.allocate(size);
  }

  #finish(nodes: readonly LazyNode[], results: readonly LazyData[], buffers: readonly GraphBuffer[], run: Run): void {
    for (const node of nodes) node.hasRun = true;
    for (let i = 0; i < results.length; i++) {
      const [data, buffer] = [results[i], buffers[i]];
      if (buffer === undefined) continue;
      if (data?.node === undefined) {
        this.#runner.free(buffer);
        continue;
      }
      const { node } = data;
      data.node = undefined;
      data.buffer = buffer;
      data.run = run;
      this.#options.onMaterialized(data);
      this.#liveness.finish(node);
    }
  }
}

function isProgram(node: LazyNode): boolean {
  return node.kernel.program !== undefined;
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: compute() }).value;
}

function bufferOf(data: LazyData): GraphBuffer {
  if (data.buffer === undefined) throw new RangeError("A graph reads a tensor that was freed.");
  return data.buffer;
}
