import {
  type BackendTimingInfo,
  type BackendValues,
  type DataType,
  engine,
  KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import type { OperationOrigin, ProfileInProgress } from "../contract/engine-profile.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import type { KnownValues, LazyKernel } from "../contract/lazy-kernel.js";
import { EngineError } from "../errors/engine-error.js";
import { isSameShape } from "../graph/value-spec.js";
import { Autocast } from "./autocast.js";
import type { ContentOwner } from "./commit-log.js";
import { DataStore } from "./data-store.js";
import { isLeftToCpu, runOnCpu } from "./fallback.js";
import type { EngineStatistics } from "./engine-statistics.js";
import { GraphEngine } from "./graph-engine.js";
import type { LazyData } from "./lazy-data.js";
import { checkForNaN } from "./nan-check.js";
import { noLowering, noValueYet, PLACEHOLDER } from "./placeholder.js";
import { type PlacedResults, placedResults } from "./placed-results.js";
import { type Loan, Reader } from "./reader.js";
import { Rounding } from "./rounding.js";

export interface OnnxRuntimeBackendOptions {
  readonly runner: GraphRunner;
  /** Whether the runner ends with the backend. */
  readonly ownsRunner: boolean;
  readonly cacheSize: number;
  readonly maxGraphNodes: number;
  readonly isDebugging: boolean;
  readonly onModel: ((model: Uint8Array) => void) | undefined;
  readonly warn: (message: string) => void;
}

/**
 * A tfjs backend that records kernels, and runs what was recorded as one ONNX graph when a value is needed.
 * `registerOnnxRuntime` makes it; `tf.backend()` gives it to a training loop that says where its steps end.
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { OnnxRuntimeBackend, registerOnnxRuntime } from "@lightning-ts/backend-onnxruntime";
 *
 * registerOnnxRuntime();
 * await tf.setBackend("onnxruntime");
 * const backend = tf.backend();
 * if (!(backend instanceof OnnxRuntimeBackend)) throw new Error("Another backend is active.");
 *
 * const weight = tf.variable(tf.zeros([4, 1]));
 * for (let step = 0; step < 3; step++) {
 *   tf.tidy(() => weight.assign(tf.add(weight, 0.5))); // recorded
 *   await backend.submit(); // starts the step, and waits only if the one before still runs
 * }
 * console.log(await weight.data(), backend.statistics().runs);
 * ```
 */
export class OnnxRuntimeBackend extends KernelBackend {
  readonly store: DataStore;
  readonly #options: OnnxRuntimeBackendOptions;
  readonly #engine: GraphEngine;
  readonly #reader: Reader;
  readonly #warned = new Set<string>();
  readonly #known: KnownValues = (info) => this.knownValues(info);
  readonly #autocast: Autocast;
  readonly rounding: Rounding;
  /** Results in memory of the caller's; `undefined` where the device has memory of its own. */
  readonly places: PlacedResults | undefined;
  /** Something is recorded for a file, and must not run. */
  #isTracing = false;

  constructor(options: OnnxRuntimeBackendOptions) {
    super();
    this.#options = options;
    this.#autocast = new Autocast(options.runner);
    this.#engine = new GraphEngine({
      ...options,
      onRun: () => this.store.age(),
      onMaterialized: (data) => this.store.watch(data),
      giveBack: ({ owner, before }) => owner.takeBack(this.store.reveal(before), this),
    });
    this.store = new DataStore(options.runner, this.#engine.liveness, (dataId) => engine().moveData(this, dataId));
    this.#reader = new Reader(this.#engine);
    this.places = placedResults(this.#engine, this.store);
    this.rounding = new Rounding(this.#engine, this.store, (dtype) => this.computesIn(dtype));
  }

  /**
   * Records one call of a kernel; what it cannot lower runs on tfjs' `cpu` backend at once.
   * A kernel with several results, or with `returnsList`, gives a list.
   */
  run(kernel: LazyKernel, inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined): TensorInfo | TensorInfo[] {
    const recording = kernel.record(inputs, attrs, this.#known);
    if (recording === null || isLeftToCpu(kernel, recording)) return this.runFallback(kernel.name, inputs, attrs);
    const infos = recording.inputs;
    const data: LazyData[] = [];
    let views: (readonly number[] | undefined)[] | undefined;
    for (let i = 0; i < infos.length; i++) {
      const info = infos[i];
      if (info === undefined) continue;
      const found = this.store.get(info.dataId);
      data.push(found);
      if (isSameShape(found.shape, info.shape)) continue;
      views ??= new Array<readonly number[] | undefined>(infos.length).fill(undefined);
      views[i] = info.shape;
    }
    const node = this.#engine.record(kernel, { recording, inputs: data, views }, this.#autocast.dtype);
    const results = this.rounding.exposed(kernel.name, node.outputs, this.#autocast.roundsTo);
    if (!this.#isTracing) this.#engine.limit();
    if (this.#options.isDebugging) checkForNaN(kernel.name, data, node.outputs, (each) => this.#reader.readSync(each));
    const [first] = results;
    return results.length === 1 && kernel.returnsList !== true && first !== undefined ? first : results;
  }

  /** Runs a kernel on tfjs' `cpu` backend; the first time for each kernel says so, unless that is its place. */
  runFallback(
    kernelName: string,
    inputs: NamedTensorInfoMap,
    attrs: NamedAttrMap | undefined,
    isExpected = false,
  ): TensorInfo | TensorInfo[] {
    if (this.#isTracing && this.#isRecorded(inputs)) throw noLowering(kernelName, inputs);
    const fallback = runOnCpu(this, kernelName, inputs, attrs);
    if (!isExpected && fallback.isWorthAWarning && !this.#warned.has(kernelName)) {
      this.#warned.add(kernelName);
      this.#options.warn(
        `The kernel ${kernelName} has no lowering for these inputs and runs on tfjs' cpu backend, which is slow.`,
      );
    }
    return this.rounding.ofFallback(kernelName, fallback.result, this.#autocast.roundsTo);
  }

  /** A tensor of another shape over the same data. */
  alias(info: TensorInfo, shape: readonly number[]): TensorInfo {
    this.store.get(info.dataId).refs++;
    return { dataId: info.dataId, shape: [...shape], dtype: info.dtype };
  }

  /** Numbers that the host has written and can look at without waiting; `undefined` for computed ones. */
  knownValues(info: TensorInfo): ArrayLike<number> | undefined {
    return this.#reader.knownValues(this.store.get(info.dataId));
  }

  /** Values of the host as a tensor. */
  makeTensorInfo(values: BackendValues, shape: readonly number[], dtype: DataType): TensorInfo {
    return { dataId: this.store.write(values, shape, dtype), shape: [...shape], dtype };
  }

  /**
   * Runs `body`; matrix products and convolutions recorded in it compute in `dtype`.
   * @param isWhole whether all float32 results are numbers of `dtype`, as where tensors are stored in it
   */
  autocast<TResult>(dtype: "float16" | "bfloat16", body: () => TResult, isWhole = false): TResult {
    return this.#autocast.run(dtype, body, isWhole);
  }

  /** Runs `body` as outside of an `autocast` that is whole. */
  pauseRounding<TResult>(body: () => TResult): TResult {
    return this.#autocast.pause(body);
  }

  /** Whether `autocast` works in this type here; the first question tries a product. */
  computesIn(dtype: "float16" | "bfloat16"): boolean {
    return this.#autocast.isPossible(dtype);
  }

  /**
   * Runs `body`, which only records: an input of a graph for other runtimes has no values yet.
   * @throws EngineError for kernels without a lowering, and where a value is read that is not known
   */
  trace<TResult>(body: () => TResult): TResult {
    this.#isTracing = true;
    try {
      return body();
    } finally {
      this.#isTracing = false;
    }
  }

  /** A tensor without values, for `trace`: what is computed from it is recorded, and can be lowered but not run. */
  placeholder(shape: readonly number[], dtype: "float32" | "int32" | "bool"): TensorInfo {
    const recording = { inputs: [], outputs: [{ shape, dtype }] };
    const node = this.#engine.record(PLACEHOLDER, { recording, inputs: [], views: undefined }, "float32");
    const [output] = node.outputs;
    if (output === undefined) throw new Error("A placeholder has one output.");
    return this.store.expose(output);
  }

  /** The elements of a content, little-endian. */
  bytesOf(data: LazyData): Uint8Array {
    const values = this.#reader.readSync(data);
    if (!ArrayBuffer.isView(values)) throw new Error("Only numbers have bytes.");
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  }

  /**
   * Starts everything recorded so far and returns.
   * @returns a promise if an earlier run is still going; await it before recording more
   * @throws what an earlier run failed with
   */
  submit(): void | Promise<void> {
    const { queue } = this.#engine;
    const earlier = queue.last;
    this.#engine.runAll();
    if (earlier !== undefined && !earlier.isSettled && queue.last !== earlier)
      return queue.waitFlush(earlier).then(() => this.#throwFailure());
    this.#throwFailure();
  }

  /** Resolves when everything recorded so far has run; rejects with the first error. The event loop stays free. */
  async synchronize(): Promise<void> {
    this.#engine.runAll();
    await this.#engine.queue.waitAll();
    this.#throwFailure();
  }

  /** Takes another number of threads. @throws EngineError once they have started in another number */
  chooseThreads(threads: number): void {
    const { runner } = this.#options;
    if (runner.chooseThreads === undefined) {
      throw new EngineError({ code: "LIT_ENGINE_OPTION", message: "This runner does not take a number of threads." });
    }
    runner.chooseThreads(threads);
  }

  /** Starts the engine's threads now rather than with the first graph; their number is settled from then on. */
  open(): void {
    this.#options.runner.open?.();
  }

  /**
   * Notes that a tensor which lives on from step to step gets another content, before the old one is given up. If what
   * computes the new one fails, or anything that is started with it, its owner gets the content back that it had before
   * the first of its changes. `variable.assign` does this by itself.
   */
  replace(owner: ContentOwner, next: object, before: object): void {
    const [nextData, oldData] = [this.store.find(next), this.store.find(before)];
    if (nextData !== undefined && oldData !== undefined && nextData !== oldData)
      this.#engine.log.replace(owner, nextData, oldData);
  }

  /**
   * Lets state of the host (the number of a step, a learning rate, the position of a random stream) share the fate of
   * what has been recorded so far. To be called before it changes.
   * @param owner has one snapshot for all its changes until the next run
   * @param snapshot remembers the state and returns what puts it back; is called only where that can become necessary
   * @param belongsTo whether the change belongs to what was recorded before it, or to what comes next
   */
  remember(owner: object, snapshot: () => () => void, belongsTo: "before" | "next" = "before"): void {
    this.#engine.log.remember(owner, snapshot, belongsTo);
  }

  /**
   * Takes back what was changed since the last run started: variables, what `replace` and `remember` were told of.
   * For a step that throws half-way.
   */
  rollBack(): void {
    this.#engine.rollBack();
  }

  /** Has everything timed that is recorded from now on. @param origin is asked for each kernel @throws EngineError */
  startProfile(origin: () => OperationOrigin): ProfileInProgress {
    return this.#engine.startProfile(origin);
  }

  statistics(): EngineStatistics {
    const cache = this.#engine.cacheStatistics();
    return {
      ...this.#options.runner.statistics(),
      runner: this.#options.runner.name,
      cache,
      pendingNodes: this.#engine.pendingCount,
      tensors: this.store.count,
    };
  }

  /** Releases graphs, threads and memory. Reads that are under way get their values. */
  async close(): Promise<void> {
    this.#reader.startWanted();
    this.#engine.dispose();
    if (this.#options.ownsRunner) await this.#reader.afterReads(() => this.#options.runner.close());
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    return this.store.write(values, shape, dtype);
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    this.store.move(dataId, values, shape, dtype, refCount);
  }

  override readSync(dataId: object): BackendValues {
    if (this.#isTracing) this.#requireKnown(dataId);
    return this.#reader.readSync(this.store.get(dataId));
  }

  override read(dataId: object): Promise<BackendValues> {
    if (this.#isTracing) this.#requireKnown(dataId);
    return this.#reader.read(this.store.get(dataId));
  }

  override disposeData(dataId: object, force = false): boolean {
    return this.store.dispose(dataId, force);
  }

  /**
   * Starts what is needed for these results, with graphs of their own for each group, so that who reads the first group
   * does not wait for what only the others need. All are one flush.
   */
  startInOrder(groups: readonly (readonly object[])[]): void {
    this.#reader.startInOrder(groups.map((dataIds) => dataIds.map((dataId) => this.store.get(dataId))));
  }

  /** The content where it lies, to look at until it is given back; a copy where the host does not see it. */
  lend(dataId: object): Promise<Loan> {
    return this.#reader.lend(this.store.get(dataId));
  }

  /** `lend` for callers that cannot wait: blocks. */
  lendSync(dataId: object): Loan {
    return this.#reader.lendSync(this.store.get(dataId));
  }

  /** A float32 content that the caller fills, where the host sees its memory. */
  reserve(shape: readonly number[]): { readonly info: TensorInfo; readonly values: Float32Array } | undefined {
    return this.store.reserve(shape);
  }

  override refCount(dataId: object): number {
    return this.store.find(dataId)?.refs ?? 0;
  }

  override incRef(dataId: object): void {
    const data = this.store.get(dataId);
    data.refs++;
    data.isVariable = true;
  }

  /**
   * Takes a reference until `disposeData`, as `incRef` does, for something that is not a variable: a value saved for a
   * gradient.
   */
  hold(dataId: object): void {
    this.store.get(dataId).refs++;
  }

  override numDataIds(): number {
    return this.store.count;
  }

  override memory(): { unreliable: boolean; reasons?: string[] } {
    if (this.store.collected === 0) return { unreliable: false };
    return {
      unreliable: true,
      reasons: [`${this.store.collected} tensors were collected without having been disposed; they are still counted.`],
    };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return true;
  }

  /** Time of the graphs that `body` records, in milliseconds. Profiling counts on `body` being called at once. */
  override async time(body: () => void): Promise<BackendTimingInfo> {
    this.#engine.runAndJoin();
    const start = util.now();
    body();
    await this.synchronize();
    return { kernelMs: util.now() - start };
  }

  override dispose(): void {
    void this.close();
  }

  #isRecorded(inputs: NamedTensorInfoMap): boolean {
    return Object.values(inputs).some((info) => info !== undefined && this.store.get(info.dataId).node !== undefined);
  }

  #requireKnown(dataId: object): void {
    const { node } = this.store.get(dataId);
    if (node !== undefined) throw noValueYet(node);
  }

  #throwFailure(): void {
    const failure = this.#engine.queue.takeFailure();
    if (failure !== undefined) throw failure;
  }
}
