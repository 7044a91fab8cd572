import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import type { PiecesProgram } from "../contract/pieces-program.js";
import type { ScatterProgram } from "../contract/scatter-program.js";
import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { CompiledGraph, GraphRunner, RunGuard, RunTicket } from "../contract/graph-runner.js";
import { mapPacked } from "../graph/map-packed.js";
import type { OnnxGraphOptions } from "../graph/onnx-graph.js";
import { PlanCache } from "../graph/plan-cache.js";
import { StructureKey } from "../graph/structure-key.js";
import { elementCount } from "../graph/value-spec.js";
import { probeBlockedChannels } from "../lowering/fused/blocked-channels-probe.js";
import { OutOfMemoryError } from "../errors/out-of-memory-error.js";
import { encodeModel } from "../onnx-model/encode-model.js";
import { StartFailure } from "./start-failure.js";
import { ThrashWatch } from "./thrash-watch.js";
import type { Flush } from "./flush.js";
import type { FlushQueue } from "./flush-queue.js";
import type { GraphContext } from "./graph-context.js";
import { type GraphPart, partsOfLarge, partsOfRepeating } from "./graph-parts.js";
import { GraphRequest } from "./graph-request.js";
import { bytesPerElement } from "./host-values.js";
import { bufferOf, type LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import { isForOneThread } from "./is-for-one-thread.js";
import type { Liveness } from "./liveness.js";
import { describeResult, LoweringFailure, type LoweredRequest, lowerPieces, lowerRequest } from "./lower-request.js";
import { NO_MARKS } from "./marks.js";
import { MissWatch } from "./miss-watch.js";
import { orderedParts } from "./ordered-parts.js";
import { programStages } from "./program-stages.js";
import type { Run } from "./run.js";
import type { RunProfile } from "./run-profile.js";

export interface GraphRunsOptions {
  readonly runner: GraphRunner;
  readonly cacheSize: number;
  /** Gets every model before it is compiled. */
  readonly onModel: ((model: Uint8Array) => void) | undefined;
  /** Is called with results that got a buffer, or failed. */
  readonly onMaterialized: (data: LazyData) => void;
  readonly warn: (message: string) => void;
}

type Machine = Pick<OnnxGraphOptions, "target" | "hasOneThread">;

/** A graph that was compiled for a structure, and the positions of the nodes whose checks are in its flag. */
interface Plan {
  readonly graph: CompiledGraph;
  readonly checks: readonly number[];
}

/** A program that was started, and what goes with its run. */
interface StartedProgram {
  readonly ticket: RunTicket;
  /** What runs it, where that is a graph over pieces. */
  readonly graph?: CompiledGraph | undefined;
  readonly checks: readonly number[];
  readonly outputs: readonly GraphBuffer[];
  readonly singles: readonly GraphBuffer[];
}

/**
 * Turns recorded nodes into graphs, compiled once for each structure, and starts them over the buffers of their data.
 */
export class GraphRuns {
  readonly #options: GraphRunsOptions;
  readonly #runner: GraphRunner;
  readonly #queue: FlushQueue;
  readonly #liveness: Liveness;
  readonly #key = new StructureKey();
  #plans: PlanCache<Plan>;
  /** Probed once, when the first convolution asks. */
  readonly #blockedChannels = once(() => (this.#runner.target === undefined ? probeBlockedChannels(this.#runner) : 0));
  readonly #thrashWatch: ThrashWatch;
  readonly #missWatch = new MissWatch();
  #profile: RunProfile | undefined;

  constructor(options: GraphRunsOptions, queue: FlushQueue, liveness: Liveness) {
    this.#options = options;
    this.#runner = options.runner;
    this.#queue = queue;
    this.#liveness = liveness;
    this.#thrashWatch = new ThrashWatch(options.warn);
    this.#plans = this.#newCache();
  }

  #newCache(): PlanCache<Plan> {
    return new PlanCache(this.#options.cacheSize, ({ graph }) => this.#runner.release(graph));
  }

  cacheStatistics(): ReturnType<PlanCache<Plan>["statistics"]> {
    return this.#plans.statistics();
  }

  /** Releases all graphs. */
  clear(): void {
    this.#plans.clear();
  }

  /**
   * From now on graphs tell how long their nodes take, for which they are compiled anew. All runs are settled then, and
   * when the profile is over.
   * @returns what ends that, and releases them
   */
  profileInto(profile: RunProfile): () => void {
    const plans = this.#plans;
    this.#plans = this.#newCache();
    this.#profile = profile;
    return () => {
      this.#plans.clear();
      this.#plans = plans;
      this.#profile = undefined;
    };
  }

  /**
   * Starts a flush's nodes as one graph, or as several where some of them run outside of graphs.
   * @throws StartFailure; what was started before it goes on
   */
  start(flush: Flush, nodes: readonly LazyNode[], isWanted: (data: LazyData) => boolean, marks = NO_MARKS): void {
    const parts = orderedParts(nodes, marks.groups);
    if (parts === undefined) this.#startStages(flush, nodes, isWanted, marks.stepStarts, true);
    parts?.forEach((part, index) => {
      part.nodes.forEach((node, position) => (node.position = position));
      const isNeeded = (data: LazyData) => isWanted(data) || part.needed.has(data);
      this.#startStages(flush, part.nodes, isNeeded, marks.stepStarts, index === parts.length - 1);
    });
  }

  #startStages(
    flush: Flush,
    nodes: readonly LazyNode[],
    isWanted: (data: LazyData) => boolean,
    stepStarts: ReadonlySet<LazyNode>,
    isLast: boolean,
  ): void {
    if (!this.#runsPrograms || !nodes.some(isProgram)) {
      this.#startGraph(flush, nodes, isWanted, stepStarts);
      return;
    }
    const stages = programStages(nodes);
    const lastFailing = stages.findLastIndex(
      (stage) => stage.nodes.length > 0 || stage.programs.some(({ program }) => program?.kind !== "elementwise"),
    );
    const together = stages.flatMap((stage) => stage.nodes);
    stages.forEach((stage, number) => {
      stage.nodes.forEach((node, position) => (node.position = position));
      this.#startGraph(flush, stage.nodes, (data) => isWanted(data) || stage.needed.has(data), stepStarts, together);
      for (const node of stage.programs)
        if (node.program?.kind === "scatter") this.#startScatter(flush, node, node.program);
        else if (node.program?.kind === "pieces") this.#startOnPieces(flush, node, node.program);
      // A graph or a scatter behind an update can still fail, and then the old content must be there.
      for (const node of stage.programs)
        if (node.program?.kind === "elementwise")
          this.#startUpdate(flush, node, node.program, isLast && number >= lastFailing);
    });
  }

  get #runsPrograms(): boolean {
    const { startProgram, startScatter, startOnPieces } = this.#runner;
    return startProgram !== undefined && startScatter !== undefined && startOnPieces !== undefined;
  }

  #startOnPieces(flush: Flush, node: LazyNode, program: PiecesProgram): void {
    // The operation alone: no other structure is as short.
    this.#key.clear();
    this.#key.add(node.operationId);
    const { graph, checks } =
      this.#plans.find(this.#key) ?? this.#compile([node], () => lowerPieces(node, program, this.#blockedChannels));
    holdInputs(flush, node.inputs);
    const [input] = node.inputs.map(bufferOf);
    const [output] = node.outputs;
    if (input === undefined || output === undefined) throw new RangeError("Pieces are read from one buffer.");
    const inputs = program.pieces.map(({ start }) => ({ buffer: input, startBytes: start * 4 }));
    const outputs = [this.#allocateFor(output, [node])];
    const ticket = this.#runner.startOnPieces?.(graph, inputs, outputs, { epoch: flush.epoch });
    if (ticket !== undefined) this.#followProgram(flush, node, { ticket, graph, checks, outputs, singles: [] });
  }

  #startScatter(flush: Flush, node: LazyNode, program: ScatterProgram): void {
    holdInputs(flush, node.inputs);
    const singles: GraphBuffer[] = [];
    const [updates, indices] = node.inputs.map((data) => data.buffer ?? this.#packSingle(data, singles));
    const [output] = node.outputs;
    if (updates === undefined || indices === undefined || output === undefined)
      throw new RangeError("A scatter reads updates and indices.");
    const table = this.#allocateFor(output, [node]);
    const ticket = this.#runner.startScatter?.({ program, updates, indices, table }, { epoch: flush.epoch });
    if (ticket !== undefined) this.#followProgram(flush, node, { ticket, checks: [0], outputs: [table], singles });
  }

  #startUpdate(flush: Flush, node: LazyNode, program: ElementwiseProgram, mayTakeOver: boolean): void {
    holdInputs(flush, node.inputs);
    const tensors = node.inputs.slice(0, node.inputs.length / program.inputCount);
    const singles: GraphBuffer[] = [];
    const inputs = mapPacked(node.inputs, (data) => data.buffer ?? this.#packSingle(data, singles));
    const outputs = mapPacked(node.outputs, (data, i) => {
      const taken =
        mayTakeOver && program.lengths === undefined
          ? this.#takeOver(flush, data, node.inputs, i % tensors.length, tensors.length)
          : undefined;
      return taken ?? this.#allocateFor(data, [node]);
    });
    const elementCounts = mapPacked(tensors, ({ shape }) => elementCount(shape) / (program.lengths?.[0] ?? 1));
    const request = { program, scalars: node.scalars, elementCounts, inputs, outputs };
    const ticket = this.#runner.startProgram?.(request, { epoch: flush.epoch });
    if (ticket !== undefined) this.#followProgram(flush, node, { ticket, checks: [], outputs, singles });
  }

  /** @param started its `singles` are buffers that only this run needs */
  #followProgram(flush: Flush, node: LazyNode, started: StartedProgram): void {
    const { ticket, graph, checks, outputs, singles } = started;
    this.#profile?.noteRun(ticket, [node], graph);
    const run = this.#queue.add(flush, ticket, [node], checks);
    for (const single of singles) this.#runner.free(single);
    this.#finish([node], node.outputs, outputs, run);
  }

  /**
   * The buffer of an array of tensor `tensor` that nobody but this program needs any more: it writes in place, which
   * saves memory its way into the cache. Runs that read the old content were started before, so they are over by then;
   * if one of them fails, the program is skipped and the old content is still there.
   */
  #takeOver(
    flush: Flush,
    output: LazyData,
    inputs: readonly LazyData[],
    tensor: number,
    tensors: number,
  ): GraphBuffer | undefined {
    for (let i = tensor; i < inputs.length; i += tensors) {
      const data = inputs[i];
      if (data?.buffer === undefined || data.buffer.isAdopted === true || data.refs > 0 || data.users > 1) continue;
      return flush.takeOver(data, output);
    }
    return undefined;
  }

  #packSingle(data: LazyData, packs: GraphBuffer[]): GraphBuffer {
    if (data.single === undefined) return bufferOf(data);
    const buffer = this.#runner.allocate(4, "host");
    this.#runner.upload(buffer, data.dtype === "int32" ? "int32" : "float32", [data.single]);
    packs.push(buffer);
    return buffer;
  }

  /**
   * Starts nodes as one graph, or as several where one would take long to compile.
   * @param together the graph's nodes and those of graphs beyond programs, which count as one
   */
  #startGraph(
    flush: Flush,
    nodes: readonly LazyNode[],
    isWanted: (data: LazyData) => boolean,
    stepStarts: ReadonlySet<LazyNode>,
    together = nodes,
  ): void {
    const parts = partsOfLarge(nodes, stepStarts);
    if (parts === undefined) this.#startWhole(flush, nodes, isWanted, { stepStarts, together });
    else this.#startParts(flush, parts, isWanted);
  }

  #startParts(flush: Flush, parts: readonly GraphPart[], isWanted: (data: LazyData) => boolean): void {
    for (const { nodes, needed, stepStarts } of parts) {
      nodes.forEach((node, position) => (node.position = position));
      const context = { stepStarts, together: nodes, isPart: true };
      this.#startWhole(flush, nodes, (data) => isWanted(data) || needed.has(data), context);
    }
  }

  #startWhole(
    flush: Flush,
    nodes: readonly LazyNode[],
    isWanted: (data: LazyData) => boolean,
    { stepStarts, together, isPart = false }: GraphContext,
  ): void {
    if (nodes.length === 0) return;
    const request = new GraphRequest({
      nodes,
      stepStarts,
      key: this.#key,
      isOutput: (data) => data.node !== undefined && isWanted(data),
    });
    if (request.outputs.length === 0) return;
    if (together.length > nodes.length) this.#key.add(together.length); // They decide about its threads.
    const known = this.#plans.find(this.#key);
    // What a profile compiles anew is no sign of structures that keep changing.
    const isHit = known !== undefined || this.#profile !== undefined;
    const parts = !isPart && this.#missWatch.note(this.#key.hash, isHit) ? partsOfRepeating(nodes) : undefined;
    if (parts !== undefined) {
      this.#startParts(flush, parts, isWanted);
      return;
    }
    this.#thrashWatch.note(isHit);
    const { graph, checks } =
      known ?? this.#compile(nodes, (machine) => lowerRequest(request, this.#blockedChannels, machine), together);
    for (const inputs of [request.inputs, request.floatSingles, request.intSingles]) holdInputs(flush, inputs);
    const packs = this.#pack(request);
    const inputs = [...mapPacked(request.inputs, bufferOf), ...packs];
    const outputs = this.#allocateAll(request.outputs, nodes, packs);
    const flag = checks.length === 0 ? undefined : this.#runner.allocate(4, "host");
    const guard: RunGuard = { epoch: flush.epoch, flag };
    const ticket = this.#runner.start(graph, inputs, flag === undefined ? outputs : [...outputs, flag], guard);
    this.#profile?.noteRun(ticket, nodes, graph);
    const run = this.#queue.add(flush, ticket, nodes, checks);
    for (const pack of packs) this.#runner.free(pack);
    if (flag !== undefined) this.#runner.free(flag);
    this.#finish(nodes, request.outputs, outputs, run);
  }

  #compile(nodes: readonly LazyNode[], lower: (machine: Machine) => LoweredRequest, together = nodes): Plan {
    const { target } = this.#runner;
    const hasOneThread = isForOneThread(together, this.#runner.statistics().threads);
    try {
      const { description, checks } = lower({ target, hasOneThread });
      const model = encodeModel(description);
      this.#options.onModel?.(model);
      const { inputs, outputs, onProcessor } = description;
      const profilePrefix = this.#profile?.newPrefix();
      const graph = this.#runner.compile({ model, inputs, outputs, hasOneThread, onProcessor, profilePrefix });
      this.#profile?.addGraph(graph, profilePrefix);
      const plan = { graph, checks };
      this.#plans.add(this.#key, plan);
      return plan;
    } catch (cause) {
      if (cause instanceof LoweringFailure) throw new StartFailure(nodes, cause.position, cause.cause);
      throw new StartFailure(nodes, undefined, cause);
    }
  }

  #pack(request: GraphRequest): GraphBuffer[] {
    const packs: GraphBuffer[] = [];
    for (const [values, dtype] of [
      [request.floats, "float32"],
      [request.ints, "int32"],
    ] as const) {
      if (values.length === 0) continue;
      const buffer = this.#runner.allocate(values.length * 4, "host");
      this.#runner.upload(buffer, dtype, values);
      packs.push(buffer);
    }
    return packs;
  }

  /** @param packs go back where there is no room */
  #allocateAll(results: readonly LazyData[], nodes: readonly LazyNode[], packs: readonly GraphBuffer[]): GraphBuffer[] {
    const buffers: GraphBuffer[] = [];
    try {
      for (const data of results) buffers.push(this.#allocateFor(data, nodes));
      return buffers;
    } catch (error) {
      for (const buffer of [...buffers, ...packs]) this.#runner.free(buffer);
      throw error;
    }
  }

  /** @throws StartFailure where there is no room */
  #allocateFor(data: LazyData, nodes: readonly LazyNode[]): GraphBuffer {
    try {
      return data.place ?? this.#runner.allocate(elementCount(data.shape) * bytesPerElement(data.dtype), "result");
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
      throw new StartFailure(nodes, data.node?.position, error.named(describeResult(data, data.node)));
    }
  }

  #finish(nodes: readonly LazyNode[], results: readonly LazyData[], buffers: readonly GraphBuffer[], run: Run): void {
    for (const node of nodes) node.hasRun = true;
    for (let i = 0; i < results.length; i++) {
      const [data, buffer] = [results[i], buffers[i]];
      if (buffer === undefined) continue;
      const node = data?.node;
      if (data === undefined || node === undefined) {
        this.#runner.free(buffer);
        continue;
      }
      data.store(buffer, run);
      this.#options.onMaterialized(data);
      this.#liveness.finish(node);
    }
  }
}

/** What comes from outside of the flush stays until it is settled: if it fails, sound results are computed again. */
function holdInputs(flush: Flush, inputs: readonly LazyData[]): void {
  for (const data of inputs) if (data.run?.flushId !== flush.id) flush.hold(data);
}

function isProgram(node: LazyNode): boolean {
  return node.program !== undefined;
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: compute() }).value;
}
