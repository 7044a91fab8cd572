import {
  backward,
  clipGradNorm,
  clipGradValue,
  gradOf,
  setGrad,
  toDevice,
  type HostTensor,
  type OnDevice,
} from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { MachineShare } from "../accelerators/accelerator.js";
import type { Device } from "../accelerators/device.js";
import type { CheckpointValue, LoadedTree, SaveOptions } from "../checkpoint/checkpoint-store.js";
import type { Collective, ReduceOp } from "../collectives/collective.js";
import { gradientNormsHere, type GradientNorms } from "./gradient-norms.js";
import { requireRankIn } from "../collectives/check-call.js";
import { SingleDeviceCollective } from "../collectives/single-device-collective.js";
import { NotLaunchedError } from "../errors/not-launched-error.js";
import type { Precision } from "../precision/precision.js";
import type { ClipGradNormOptions } from "./clip-options.js";
import type { Decision } from "./decision.js";
import type { BackwardOptions, OpenGradient, Strategy, StrategyParts } from "./strategy.js";
import type { TrainableModule, TrainableOptimizer } from "../precision/trainable.js";

/**
 * One process, one device: nothing to communicate. A strategy whose ranks compute alike extends it.
 * @example
 * ```ts
 * import { Fabric, SingleDeviceStrategy } from "@lightning-ts/fabric";
 *
 * // Counts the steps of optimizers.
 * class Counting extends SingleDeviceStrategy {
 *   steps = 0;
 *   override optimizerStep(...request: Parameters<SingleDeviceStrategy["optimizerStep"]>) {
 *     this.steps += 1;
 *     return super.optimizerStep(...request);
 *   }
 * }
 * const strategy = new Counting();
 * const fabric = new Fabric({ strategy });
 * console.log(fabric.strategy === strategy, strategy.steps); // true 0
 * ```
 */
export class SingleDeviceStrategy implements Strategy {
  readonly kind = "strategy";
  readonly name: string = "single_device";
  readonly globalRank: number = 0;
  readonly localRank: number = 0;
  readonly nodeRank: number = 0;
  readonly worldSize: number = 1;
  readonly isGlobalZero: boolean = true;
  readonly savesShards: boolean = false;
  readonly samplerRanks: Strategy["samplerRanks"] = undefined;
  #parts: StrategyParts | undefined;
  #collective: Collective = new SingleDeviceCollective();
  #device: Device | undefined;

  connect(parts: StrategyParts): void {
    this.#parts = parts;
    if (parts.collective !== undefined) this.#collective = parts.collective;
  }

  get precision(): Precision {
    return this.parts.precision;
  }
  get collective(): Collective {
    return this.#collective;
  }
  get isLaunched(): boolean {
    return this.#device !== undefined;
  }
  get device(): Device {
    if (this.#device === undefined) throw new NotLaunchedError("The device");
    return this.#device;
  }

  async launch(): Promise<void> {
    if (this.#device !== undefined) return;
    const { accelerator, precision } = this.parts;
    const { index, share } = await this.join();
    const device = await accelerator.setupDevice(index, share);
    precision.connect(device.backend);
    await this.collective.setup();
    this.#device = device;
  }

  /** Joins the other ranks, where there are some. @returns which device is this rank's, and how much of the machine */
  protected async join(): Promise<{ readonly index: number; readonly share?: MachineShare }> {
    return { index: this.parts.devices[0] ?? 0 };
  }

  setupModule<TModule extends TrainableModule>(module: TModule): TModule {
    return module;
  }
  setupOptimizer(_optimizer: TrainableOptimizer): void {}
  settle(): void | Promise<void> {}
  joinSettled(): void {}

  toDevice<TBatch>(batch: TBatch): OnDevice<TBatch> {
    return toDevice(batch);
  }

  backward(loss: Tensor, options: BackwardOptions = {}): void {
    this.parts.precision.backward(loss, (scaled) => backward(scaled, options));
  }
  noBackwardSync<TResult>(_module: TrainableModule, body: () => TResult): TResult {
    return body();
  }
  gradientsReady(): void | Promise<void> {}
  joinGradients(): void {}

  unscaleGradients(optimizer: TrainableOptimizer): void {
    this.parts.precision.unscaleGradients(optimizer);
  }
  optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void {
    return this.parts.precision.optimizerStep(optimizer, closure);
  }
  clipGradNorm(
    optimizer: TrainableOptimizer,
    parameters: readonly Variable[],
    maxNorm: number,
    options: ClipGradNormOptions = {},
  ): Tensor {
    this.unscaleGradients(optimizer);
    return clipGradNorm(parameters, maxNorm, options);
  }
  clipGradValue(optimizer: TrainableOptimizer, parameters: readonly Variable[], clipValue: number): void {
    this.unscaleGradients(optimizer);
    clipGradValue(parameters, clipValue);
  }
  gradientNorms(parameters: readonly Variable[], normType: number): GradientNorms {
    return gradientNormsHere(parameters, normType);
  }
  openGradients(
    parameters: readonly Variable[],
    isOpen: (parameter: Variable) => boolean = () => true,
  ): readonly OpenGradient[] | Promise<readonly OpenGradient[]> {
    return parameters.map((parameter) => (isOpen(parameter) ? gradOf(parameter) : null));
  }
  resumeGradients(gradients: ReadonlyMap<Variable, Tensor>): void {
    for (const [parameter, gradient] of gradients) setGrad(parameter, gradient);
  }

  async reduce<TValue>(value: TValue, _op: ReduceOp, _name: string): Promise<TValue> {
    return value;
  }
  async broadcast<TValue>(value: TValue, source: number, name: string): Promise<TValue> {
    requireRankIn(this, source, name);
    return value;
  }
  async allGather<TValue>(value: TValue, _name: string): Promise<TValue> {
    return value;
  }
  agree({ wish }: Decision): boolean | Promise<boolean> {
    return wish;
  }
  abandon(_error: unknown): void {}

  completeCheckpoint<TTree extends Readonly<Record<string, unknown>>>(tree: TTree): TTree | Promise<TTree> {
    return tree;
  }
  saveCheckpoint(
    path: string,
    tree: { readonly [key: string]: CheckpointValue },
    options?: SaveOptions,
  ): Promise<void> {
    return this.parts.store.save(path, tree, options);
  }
  loadCheckpoint(path: string): Promise<LoadedTree> {
    return this.parts.store.load(path);
  }
  loadTensors(path: string): Promise<Map<string, HostTensor>> {
    return this.parts.store.loadTensors(path);
  }
  removeCheckpoint(path: string): Promise<void> {
    return this.parts.store.remove(path);
  }
  checkpointExists(path: string): Promise<boolean> {
    return this.parts.store.exists(path);
  }

  async teardown(): Promise<void> {
    if (this.#device === undefined) return;
    this.#device = undefined;
    await this.collective.teardown();
    await this.parts.store.teardown();
    await this.parts.accelerator.teardown();
  }

  /** @throws NotLaunchedError before `connect` */
  protected get parts(): StrategyParts {
    if (this.#parts === undefined) throw new NotLaunchedError("A strategy that no Fabric or Trainer is connected to");
    return this.#parts;
  }
}
