import {
  assertTrainable,
  describeValue,
  MisconfigurationError,
  Module,
  outsideScope,
  type OnDevice,
} from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import type { LoadedTree } from "../checkpoint/checkpoint-store.js";
import type { Connection } from "../connect/connection.js";
import { NotLaunchedError } from "../errors/not-launched-error.js";
import type { FinalStatus } from "../loggers/logger.js";
import type { BackwardOptions } from "../strategies/strategy.js";
import type { TrainableModule } from "../precision/trainable.js";
import type { FabricModule } from "../wrappers/fabric-module.js";
import type { FabricOptimizer } from "../wrappers/fabric-optimizer.js";
import type { SetupModule } from "./as-trainable-module.js";
import type { OptimizerInput, SetUpOptimizers } from "./as-trainable-optimizer.js";
import { BackgroundWork } from "../background/background-work.js";
import type { CallbackList } from "./callback-list.js";
import { isStartedByCli } from "./cli-environment.js";
import { clipRequest, type ClipGradientsOptions } from "./clip-request.js";
import type { FabricOptions } from "./fabric-options.js";
import { fabricParts } from "./fabric-parts.js";
import { FabricCollectives, requireLaunch } from "./fabric-collectives.js";
import { checkLaunchFunction } from "./launch-function.js";
import type { MetricQueue } from "../loggers/metric-queue.js";
import type { Messages } from "../messages/messages.js";
import { convertRestored, restoreInto } from "./object-state.js";
import { loadState, type LoadOptions } from "./resume-state.js";
import { prepareState, type FabricState, type SaveFilter } from "./save-state.js";
import { addSetup } from "./setup-of-state.js";
import { runAsTask } from "./run-as-task.js";
import { runInScope } from "./run-in-scope.js";
import { seedEverything, type SeedOptions } from "./seed-everything.js";
import {
  requireSetUpOptimizer,
  setUpLoaders,
  setUpModule,
  setUpOptimizer,
  unwrapModule,
  type LoaderOptions,
  type SetUpLoaders,
} from "./set-up.js";

/**
 * Devices, precision, checkpoints and loggers for a training loop that you write yourself.
 * Methods have the names of Lightning Fabric (2.6) in camelCase. Where Python has a `with` block, a method takes a
 * function, which may be asynchronous.
 * @example
 * ```ts
 * import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
 * import { Fabric } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric();
 * await fabric.launch();
 * const [model, optimizer] = fabric.setup(new nn.Linear(4, 1), (m) => new optim.SGD(m.parameters(), { lr: 0.1 }));
 * const data = new TensorDataset(tf.buffer<tf.Rank.R2>([8, 4], "float32"), tf.buffer<tf.Rank.R2>([8, 1], "float32"));
 * for await (const [x, y] of fabric.setupDataloaders(new DataLoader(data, { batchSize: 4 }))) {
 *   optimizer.zeroGrad();
 *   fabric.backward(F.mseLoss(model.forward(x), y));
 *   optimizer.step();
 * }
 * await fabric.close();
 * ```
 */
export class Fabric extends FabricCollectives implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #callbacks: CallbackList;
  readonly #messages: Messages;
  readonly #metrics: MetricQueue;
  readonly #background = new BackgroundWork();
  readonly #uncheckedModels: TrainableModule[] = [];

  /** @throws MisconfigurationError listing everything that is wrong with the options */
  constructor(options: FabricOptions = {}) {
    const { run } = new.target.prototype;
    const hasRun = run !== Fabric.prototype.run;
    const parts = fabricParts(options, { hasRun });
    super(parts);
    this.#connection = parts.connection;
    this.#callbacks = parts.callbacks;
    this.#messages = parts.messages;
    this.#metrics = parts.metrics;
    if (hasRun)
      Object.defineProperty(this, "run", {
        value: async (...args: never[]) => (await this.launch(), await runAsTask(this, () => run.apply(this, args))),
      });
  }

  /**
   * Starts the processes and the device. With a body, runs it with this Fabric and the arguments and returns its
   * result; its tensors and random streams are its own, so that several may run at once. Without one, repeated calls do
   * nothing.
   */
  launch(): Promise<void>;
  launch<TArgs extends readonly unknown[], TResult>(
    body: (fabric: this, ...args: TArgs) => TResult,
    ...args: TArgs
  ): Promise<Awaited<TResult>>;
  async launch(
    body?: (fabric: this, ...args: readonly unknown[]) => unknown,
    ...args: readonly unknown[]
  ): Promise<unknown> {
    if (body !== undefined) checkLaunchFunction(body, isStartedByCli(this.#connection.ports.environment));
    if (!this.strategy.isLaunched) await this.#start();
    return body === undefined ? undefined : runAsTask(this, () => body(this, ...args));
  }

  /** Subclasses put their training here; calling it launches first. */
  run(..._args: never[]): unknown {
    throw new NotLaunchedError("run() of a Fabric subclass that does not define it");
  }

  /**
   * Prepares a model and its optimizers: `const [model, optimizer] = fabric.setup(new Net(), (m) => new
   * optim.Adam(m.parameters()))`. A `tf.LayersModel` and optimizers of `tf.train` are accepted as they are.
   * @returns the model, with optimizers a tuple; use these from here on
   * @throws MisconfigurationError for something that was set up before, and for optimizers without a parameter of the
   *   model
   */
  setup<TModule extends SetupModule>(module: TModule): FabricModule<TModule>;
  setup<
    TModule extends SetupModule,
    TOptimizers extends readonly [OptimizerInput<TModule>, ...OptimizerInput<TModule>[]],
  >(module: TModule, ...optimizers: TOptimizers): [FabricModule<TModule>, ...SetUpOptimizers<TOptimizers>];
  setup(module: SetupModule, ...optimizers: unknown[]): unknown {
    const { wrapper, trainable } = setUpModule(module, this.strategy, this.precision);
    const wrapped = optimizers.map((optimizer) =>
      setUpOptimizer(typeof optimizer === "function" ? optimizer(module) : optimizer, {
        module: trainable,
        strategy: this.strategy,
        afterStep: this.#afterStep,
      }),
    );
    if (wrapped.length > 0) this.#uncheckedModels.push(trainable);
    if (this.strategy.isLaunched) {
      this.#checkModels();
      this.strategy.joinSettled();
    }
    this.#attach(module);
    this.#background.add(...this.#callbacks.call("onAfterSetup", [this, wrapper]));
    return wrapped.length === 0 ? wrapper : [wrapper, ...wrapped];
  }

  /** `setup` for a model alone. */
  setupModule<TModule extends SetupModule>(module: TModule): FabricModule<TModule> {
    return this.setup(module);
  }

  /** `setup` for optimizers alone. @returns one optimizer, or a tuple */
  setupOptimizers<TOptimizer extends object>(optimizer: TOptimizer): FabricOptimizer<TOptimizer>;
  setupOptimizers<TOptimizers extends readonly [object, object, ...object[]]>(
    ...optimizers: TOptimizers
  ): SetUpOptimizers<TOptimizers>;
  setupOptimizers(...optimizers: object[]): unknown {
    requireSetUpOptimizer(optimizers.length);
    const wrapped = optimizers.map((optimizer) =>
      setUpOptimizer(optimizer, { module: undefined, strategy: this.strategy, afterStep: this.#afterStep }),
    );
    return wrapped.length === 1 ? wrapped[0] : wrapped;
  }

  /**
   * Prepares loaders: batches come on the device, in a memory scope that lasts until the next one; with several ranks
   * each gets its part. Iterating launches if that has not happened. Options may come last.
   * @returns one loader, or a tuple
   * @throws MisconfigurationError for something that was set up before or cannot be iterated asynchronously
   */
  setupDataloaders<TBatch>(
    loader: AsyncIterable<TBatch>,
    options?: LoaderOptions,
  ): SetUpLoaders<[AsyncIterable<TBatch>]>[0];
  setupDataloaders<
    TLoaders extends readonly [AsyncIterable<unknown>, AsyncIterable<unknown>, ...AsyncIterable<unknown>[]],
  >(...loaders: TLoaders): SetUpLoaders<TLoaders>;
  setupDataloaders<
    TLoaders extends readonly [AsyncIterable<unknown>, AsyncIterable<unknown>, ...AsyncIterable<unknown>[]],
  >(...loadersAndOptions: [...TLoaders, LoaderOptions]): SetUpLoaders<TLoaders>;
  setupDataloaders(...loadersAndOptions: unknown[]): unknown {
    return setUpLoaders(loadersAndOptions, this.strategy, {
      prepare: () =>
        this.strategy.isLaunched ? this.strategy.settle() : this.launch().then(() => this.strategy.settle()),
      endBatch: () => this.#endBatch(),
      endIteration: () => this.#endIteration(),
    });
  }

  /**
   * Adds the gradients of `loss` to those of the parameters. In place of `loss.backward()`. @throws NotLaunchedError;
   * NoGradientError when no parameter reaches the loss
   */
  backward(loss: Tensor, options: BackwardOptions = {}): void {
    requireLaunch(this.strategy, "backward");
    checkLoss(loss);
    this.strategy.backward(loss, options);
    this.strategy.joinGradients();
  }

  /**
   * Clips the gradients of the optimizer's parameters that belong to the module.
   * @returns with `maxNorm` the norm before clipping, which is read only when somebody looks (and by
   *   `errorIfNonfinite`)
   * @throws MisconfigurationError for both limits or neither
   */
  clipGradients(module: SetupModule, optimizer: object, options: ClipGradientsOptions): Tensor | undefined {
    requireLaunch(this.strategy, "clipGradients");
    const request = clipRequest(options);
    const { parameters, trainable } = unwrapModule(module, optimizer);
    if (request.by === "norm") return this.strategy.clipGradNorm(trainable, parameters, request.limit, request.options);
    this.strategy.clipGradValue(trainable, parameters, request.limit);
    return undefined;
  }

  /** Runs code outside of a set-up model's `forward` in this Fabric's precision. */
  autocast<TResult>(body: () => TResult): TResult {
    return this.precision.forward(body);
  }

  /**
   * Runs `body`; its backward passes do not reduce gradients over the ranks. For all but the last batch of an
   * accumulation.
   */
  noBackwardSync<TResult>(
    module: SetupModule,
    body: () => TResult,
    options: { readonly enabled?: boolean | undefined } = {},
  ): TResult {
    const { trainableModule } = unwrapModule(module);
    return options.enabled === false ? body() : this.strategy.noBackwardSync(trainableModule, body);
  }

  /** Moves every `tf.TensorBuffer` in a nested value to the device. The tensors belong to the open scope. */
  toDevice<TValue>(value: TValue): OnDevice<TValue> {
    requireLaunch(this.strategy, "toDevice");
    return this.strategy.toDevice(value);
  }

  /**
   * Runs `body` in a memory scope: every tensor made in it is freed afterwards, except what it returns, parameters,
   * optimizer state and what was kept.
   */
  step<TResult>(body: () => TResult): TResult {
    return runInScope(body, () => {
      const ending = this.#endBatch();
      if (ending !== undefined) this.#background.add(ending);
    });
  }

  /** Makes a model: its parameters are on the device at first use. */
  initModule<TModule>(body: () => TModule): TModule {
    return this.precision.forward(body);
  }
  /** Makes tensors on the device. */
  initTensor<TResult>(body: () => TResult): TResult {
    requireLaunch(this.strategy, "initTensor");
    return body();
  }

  /**
   * Saves models, optimizers, anything with a state, and plain values. All or nothing: an older file survives a
   * failure.
   * @param options.filter for an entry, which of its own entries are saved
   */
  async save(
    path: string,
    state: FabricState,
    options: { readonly filter?: SaveFilter | undefined } = {},
  ): Promise<void> {
    await this.launch();
    await outsideScope(this.#save(path, state, options.filter ?? {}));
  }

  /**
   * Restores the objects of `state` in place and replaces its plain values. What the code has otherwise than the run
   * that saved is said once.
   * @returns what the file has besides; without `state` everything
   * @throws CheckpointNotFoundError, CheckpointFormatError, CheckpointMismatchError
   */
  async load(path: string, state?: FabricState, options: LoadOptions = {}): Promise<LoadedTree> {
    await this.launch();
    const parts = { strategy: this.strategy, messages: this.#messages };
    return outsideScope(loadState(parts, path, { ...options, state }));
  }

  /** Loads a safetensors file that is just a state dict, such as one that Python wrote. */
  async loadRaw(
    path: string,
    model: SetupModule,
    options: { readonly strict?: boolean | undefined } = {},
  ): Promise<void> {
    await this.launch();
    const tensors = await outsideScope(this.strategy.loadTensors(path));
    await restoreInto(model, Object.fromEntries(tensors), { strict: options.strict ?? true });
    convertRestored(model, this.precision);
  }

  /** Runs the method `hook` of every callback that has it; resolves when the asynchronous ones have finished. */
  async call(hook: string, ...args: unknown[]): Promise<void> {
    await Promise.all(this.#callbacks.call(hook, args));
  }

  /** Hands a number, or a tensor with one element, to all loggers. Tensors are read later, many at once. */
  log(name: string, value: number | Tensor, step?: number): void {
    this.logDict({ [name]: value }, step);
  }
  logDict(metrics: Readonly<Record<string, number | Tensor>>, step?: number): void {
    if (this.isGlobalZero) this.#metrics.add(metrics, step);
  }

  /** Prints on rank 0 of each machine, like `console.log`. */
  print(...values: unknown[]): void {
    if (this.localRank === 0) this.#print(values.map((value) => (value instanceof Tensor ? value.toString() : value)));
  }

  /** Seeds every random stream. @returns the seed */
  seedEverything(seed?: number, options: SeedOptions = {}): number {
    return seedEverything(seed, options, this.#connection.ports);
  }

  /** Writes what was logged, and closes the loggers. Using the Fabric afterwards is allowed. */
  async close(status: FinalStatus = "success"): Promise<void> {
    await outsideScope(Promise.all([this.#background.settled(), this.#metrics.flush()]));
    if (this.isGlobalZero) await this.#metrics.loggers.finalize(status);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.#connection.teardown();
  }

  async #start(): Promise<void> {
    await this.#connection.launch();
    const { backend, reasons } = this.device;
    if (reasons.length > 0 && this.localRank === 0)
      this.#messages.warn(
        "backend",
        `Fabric computes on the backend "${backend.name}". Better ones were passed over: ${reasons.join(" ")}`,
      );
    this.#checkModels();
    await this.strategy.settle();
    if (this.isGlobalZero) await this.#metrics.loggers.open();
  }

  #print(values: readonly unknown[]): void {
    const { terminal } = this.#connection.ports;
    terminal.write(`${terminal.format(...values)}\n`);
  }

  /** Refuses models that the backend cannot train, before their first step. */
  #checkModels(): void {
    for (const model of this.#uncheckedModels.splice(0))
      if (model instanceof Module) assertTrainable(model, this.device.backend);
  }

  async #save(path: string, state: FabricState, filter: SaveFilter): Promise<void> {
    const { tree, weights } = await prepareState(state, filter, this.precision);
    addSetup(tree, state, this.strategy);
    await this.strategy.saveCheckpoint(path, await this.strategy.completeCheckpoint(tree), { weights });
    await this.strategy.collective.barrier({ name: "fabric.save" });
  }

  readonly #afterStep = (optimizer: object): void => {
    this.#background.add(...this.#callbacks.call("onAfterOptimizerStep", [this.strategy, optimizer]));
  };

  /**
   * Tells a module that has a `fabric` field about this Fabric, and lists a module with hooks of its own among the
   * callbacks.
   */
  #attach(module: object): void {
    if ("fabric" in module) module.fabric = this;
    if ("trainingStep" in module) this.#callbacks.add(module);
  }

  #endBatch(): void | Promise<void> {
    const queued = this.strategy.isLaunched ? this.device.backend.submit() : undefined;
    const heard = this.#background.settled();
    if (heard === undefined && !this.#metrics.isDue) return queued;
    return Promise.all([queued, heard]).then(() => (this.#metrics.isDue ? this.#metrics.flush() : undefined));
  }

  async #endIteration(): Promise<void> {
    await this.#metrics.flush();
    if (this.isGlobalZero) await this.#metrics.loggers.save();
  }
}

/** @throws MisconfigurationError unless `loss` is a tensor */
function checkLoss(loss: unknown): asserts loss is Tensor {
  if (loss instanceof Tensor) return;
  throw new MisconfigurationError({
    code: "LIT_BACKWARD",
    message: "backward() needs the loss as a tensor.",
    received: describeValue(loss),
    tryThis: "the tensor itself, before its value was read.",
  });
}
