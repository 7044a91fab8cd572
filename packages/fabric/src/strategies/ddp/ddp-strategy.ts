import {
  describeValue,
  isPromiseLike,
  MisconfigurationError,
  rejectUnknownOptions,
  setRankOfSeeds,
  type OnDevice,
} from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { MachineShare } from "../../accelerators/accelerator.js";
import { requireRankIn } from "../../collectives/check-call.js";
import type { Collective, ReduceOp } from "../../collectives/collective.js";
import { SingleDeviceCollective } from "../../collectives/single-device-collective.js";
import { setRankOfProcess } from "../../environments/rank-zero-only.js";
import { NotLaunchedError } from "../../errors/not-launched-error.js";
import type { TrainableModule, TrainableOptimizer } from "../../precision/trainable.js";
import type { ClipGradNormOptions } from "../clip-options.js";
import type { Decision } from "../decision.js";
import { NormsOfRanks } from "../norms-of-ranks.js";
import { SingleDeviceStrategy } from "../single-device-strategy.js";
import type { BackwardOptions, OpenGradient, StrategyParts } from "../strategy.js";
import type { GradientReduction } from "./gradient-reduction.js";
import { GradientSync } from "./gradient-sync.js";
import { isStartedByOthers, joinWorld, type RankWorld } from "./join-world.js";
import { onDevice, onHost, packValue, unpackValue } from "./pack-value.js";
import { reduceValues, stackValues } from "./reduce-values.js";
import { saveOnRankZero } from "./save-on-rank-zero.js";

const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000;
const DEFAULT_BUCKET_MEGABYTES = 25;
const BYTES_PER_MEGABYTE = 1024 * 1024;

const OPTIONS = [
  ...["timeoutMs", "bucketCapMb", "findUnusedParameters", "broadcastBuffers", "gradientCompression"],
  "shareGradients",
];

export interface DDPStrategyOptions {
  /** How long a rank waits for the others in one call. @default 1 800 000, half an hour */
  readonly timeoutMs?: number | undefined;
  /** How much of the gradients travels in one call; the first call has 1 MB at most. @default 25 */
  readonly bucketCapMb?: number | undefined;
  /**
   * Counts the gradient of a parameter that the loss does not reach on one rank as zero there. Costs a call for each
   * backward. Without it, ranks whose losses reach different parameters get an error that names them. @default false
   */
  readonly findUnusedParameters?: boolean | undefined;
  /** Gives buffers, such as running means, rank 0's values after each backward. @default true */
  readonly broadcastBuffers?: boolean | undefined;
  /**
   * Lets gradients travel as numbers of 16 bits, half of the bytes: for networks that are slower than the processors.
   * Each rank's gradients and their mean are rounded to three significant digits; all ranks still have the same.
   * @default undefined, float32 as they are
   */
  readonly gradientCompression?: "bf16" | undefined;
  /**
   * Lets up to four ranks of one machine, on the embedded engine's processor, read each other's gradients where they
   * lie: nothing is copied, and an update takes the mean while it reads. `bucketCapMb` means nothing then. The mean of
   * two ranks is the same number; that of more may differ in its last bit. @default true
   */
  readonly shareGradients?: boolean | undefined;
}

/**
 * Data-parallel training on several processes: each rank computes the gradients of its part of the data, and all step
 * with their mean. The first process starts the others as children that run the same script, on one machine. Where
 * `mpirun` or `srun` has started all of them, on any number of machines, they reach each other by MPI.
 * @example
 * ```ts
 * import { DDPStrategy, Fabric } from "@lightning-ts/fabric";
 *
 * const strategy = new DDPStrategy({ timeoutMs: 60_000 });
 * const fabric = new Fabric({ strategy, devices: 2 });
 * console.log(fabric.worldSize); // 2; `await fabric.launch()` starts the other one
 * ```
 */
export class DDPStrategy extends SingleDeviceStrategy {
  override readonly name: string = "ddp";
  override globalRank = 0;
  override localRank = 0;
  override nodeRank = 0;
  override worldSize = 1;
  override isGlobalZero = true;
  override samplerRanks: SingleDeviceStrategy["samplerRanks"] = undefined;
  readonly #timeoutMs: number;
  readonly #gradients: GradientSync;
  readonly #norms = new NormsOfRanks();
  #world: RankWorld | undefined;
  #ownCollective: Collective | undefined;
  #withoutSync = 0;
  #ready: Promise<void> | undefined;

  constructor(options: DDPStrategyOptions = {}) {
    super();
    rejectUnknownOptions("DDPStrategy", options, OPTIONS);
    this.#timeoutMs = requirePositive("timeoutMs", options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const megabytes = requirePositive("bucketCapMb", options.bucketCapMb ?? DEFAULT_BUCKET_MEGABYTES);
    this.#gradients = new GradientSync({
      bucketBytes: megabytes * BYTES_PER_MEGABYTE,
      findUnusedParameters: options.findUnusedParameters ?? false,
      broadcastBuffers: options.broadcastBuffers ?? true,
      isShared: options.shareGradients ?? true,
      isCompressed: isCompressed(options.gradientCompression),
      reduction: () => (this.worldSize === 1 ? undefined : this.gradientReduction),
    });
  }

  /** Another way to reduce gradients than giving every rank the mean of all. */
  protected get gradientReduction(): GradientReduction | undefined {
    return undefined;
  }

  /** @throws MisconfigurationError for several machines whose processes nobody has started */
  override connect(parts: StrategyParts): void {
    super.connect(parts);
    const { devices, environment, numNodes } = parts;
    const isByOthers = isStartedByOthers(environment);
    if (numNodes > 1 && !isByOthers) throw this.#onOneMachine(`numNodes is ${numNodes}`);
    this.localRank = environment.localRank;
    this.nodeRank = isByOthers ? environment.nodeRank : 0;
    this.globalRank = isByOthers ? environment.globalRank : this.localRank;
    this.worldSize = isByOthers ? environment.worldSize : devices.length;
    this.isGlobalZero = this.globalRank === 0;
    if (this.worldSize > 1) setRankOfProcess(this.globalRank);
    if (this.localRank >= devices.length)
      throw this.#onOneMachine(`LOCAL_RANK is ${this.localRank}, and devices asks for ${devices.length} ranks`);
    this.samplerRanks = this.worldSize === 1 ? undefined : { numReplicas: this.worldSize, rank: this.globalRank };
  }

  override get collective(): Collective {
    if (this.#ownCollective === undefined) throw new NotLaunchedError("The collective of several ranks");
    return this.#ownCollective;
  }

  protected override async join(): Promise<{ readonly index: number; readonly share?: MachineShare }> {
    const { collective, devices, environment, ports } = this.parts;
    if (this.worldSize === 1) {
      this.#ownCollective = collective ?? new SingleDeviceCollective();
      return super.join();
    }
    const world = await joinWorld(ports, {
      rank: this.globalRank,
      worldSize: this.worldSize,
      localRanks: devices.length,
      environment,
      timeoutMs: this.#timeoutMs,
    });
    this.#world = world;
    this.#ownCollective = collective ?? world.openCollective(this.#timeoutMs);
    world.setPhase("launch");
    setRankOfSeeds(this.globalRank);
    return { index: devices[this.localRank] ?? 0, share: { threads: world.threads } };
  }

  override setupModule<TModule extends TrainableModule>(module: TModule): TModule {
    this.#gradients.add(module);
    this.#norms.add(module);
    return module;
  }
  override async settle(): Promise<void> {
    this.#world?.setPhase("setup");
    this.#norms.connect(this.collective);
    await this.#gradients.settle(this.collective);
  }
  override joinSettled(): void {
    this.#world?.setPhase("setup");
    this.#norms.connect(this.collective);
    this.#gradients.joinSettled(this.collective);
  }
  override toDevice<TBatch>(batch: TBatch): OnDevice<TBatch> {
    this.#world?.setPhase("forward");
    return super.toDevice(batch);
  }

  override backward(loss: Tensor, options: BackwardOptions = {}): void {
    this.#world?.setPhase("backward");
    if (this.worldSize > 1) this.#norms.requireConnected();
    this.#gradients.watch(() => super.backward(loss, options));
  }
  override noBackwardSync<TResult>(_module: TrainableModule, body: () => TResult): TResult {
    this.#withoutSync += 1;
    const end = (): void => void (this.#withoutSync -= 1);
    let isPending = false;
    try {
      const result = body();
      if (isPromiseLike(result)) {
        isPending = true;
        result.then(end, end);
      }
      return result;
    } finally {
      if (!isPending) end();
    }
  }
  override gradientsReady(): void | Promise<void> {
    if (this.#ready !== undefined || !this.#isSyncDue) return this.#ready;
    this.#ready = this.#gradients.run(this.collective).finally(() => (this.#ready = undefined));
    return this.#ready;
  }
  override joinGradients(): void {
    if (this.#ready !== undefined) throw unawaited();
    if (this.#isSyncDue) this.#gradients.join(this.collective);
  }

  override optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void {
    if (closure === undefined) this.#joinForStep();
    return super.optimizerStep(optimizer, closure);
  }
  override clipGradNorm(
    optimizer: TrainableOptimizer,
    parameters: readonly Variable[],
    maxNorm: number,
    options: ClipGradNormOptions = {},
  ): Tensor {
    this.#joinForStep();
    return super.clipGradNorm(optimizer, parameters, maxNorm, options);
  }
  override clipGradValue(optimizer: TrainableOptimizer, parameters: readonly Variable[], clipValue: number): void {
    this.#joinForStep();
    super.clipGradValue(optimizer, parameters, clipValue);
  }

  override async openGradients(
    parameters: readonly Variable[],
    isOpen: (parameter: Variable) => boolean = () => true,
  ): Promise<readonly OpenGradient[]> {
    if (this.worldSize === 1) return super.openGradients(parameters, isOpen);
    this.#world?.setPhase("save");
    await this.#ready;
    return this.#gradients.openGradients(this.collective, parameters, isOpen);
  }
  override resumeGradients(gradients: ReadonlyMap<Variable, Tensor>): void {
    this.#gradients.resume(this.collective, gradients);
  }

  override async reduce<TValue>(value: TValue, op: ReduceOp, name: string): Promise<TValue>;
  override async reduce(value: unknown, op: ReduceOp, name: string): Promise<unknown> {
    return onDevice(reduceValues(await this.#exchange(value, `${name} (${op})`), op, this.globalRank, name));
  }
  override async broadcast<TValue>(value: TValue, source: number, name: string): Promise<TValue>;
  override async broadcast(value: unknown, source: number, name: string): Promise<unknown> {
    requireRankIn(this, source, name);
    const own = source === this.globalRank ? value : undefined;
    return onDevice((await this.#exchange(own, `${name} of rank ${source}`))[source]);
  }
  override async allGather<TValue>(value: TValue, name: string): Promise<TValue>;
  override async allGather(value: unknown, name: string): Promise<unknown> {
    const ranks = await this.#exchange(value, name);
    return this.worldSize === 1 ? value : onDevice(stackValues(ranks, this.globalRank, name));
  }
  override async agree({ name, wish, of = "any" }: Decision): Promise<boolean> {
    const answer = Uint8Array.of(wish ? 1 : 0);
    await this.collective.allReduce(answer, { name, op: of === "any" ? "max" : "min" });
    return answer[0] === 1;
  }
  override abandon(error: unknown): void {
    this.#world?.fail(error instanceof Error ? error.message : String(error));
  }

  override async saveCheckpoint(...request: Parameters<SingleDeviceStrategy["saveCheckpoint"]>): Promise<void> {
    this.#world?.setPhase("save");
    const save = () => super.saveCheckpoint(...request);
    await saveOnRankZero({
      path: request[0],
      isRankZero: this.isGlobalZero,
      save,
      broadcast: this.broadcast.bind(this),
    });
  }

  override async teardown(): Promise<void> {
    this.#norms.disconnect();
    this.#gradients.close();
    await super.teardown();
  }

  /** What this rank is at, for the others' messages. */
  protected setPhase(phase: string): void {
    this.#world?.setPhase(phase);
  }

  #onOneMachine(reason: string): MisconfigurationError {
    return new MisconfigurationError({
      code: "LIT_RANKS",
      message: `The strategy "${this.name}" starts processes on this machine alone; ${reason}.`,
      tryThis: "mpirun -n 4 node script.js, or srun, which start them on several machines; or one machine.",
    });
  }
  get #isSyncDue(): boolean {
    return this.worldSize > 1 && this.#withoutSync === 0 && this.#gradients.isDue;
  }
  #joinForStep(): void {
    this.#world?.setPhase("step");
    this.joinGradients();
  }

  /** The values of all ranks, in rank order; tensors as what they travel as. */
  async #exchange(value: unknown, name: string): Promise<unknown[]> {
    const bytes = packValue(await onHost(value));
    return (await this.collective.exchangeBytes(bytes, { name })).map(unpackValue);
  }
}

function isCompressed(compression: unknown): boolean {
  if (compression === undefined || compression === "bf16") return compression !== undefined;
  throw new MisconfigurationError({
    message: "DDPStrategy cannot use gradientCompression.",
    expected: '"bf16", or nothing for float32',
    received: describeValue(compression),
  });
}

function requirePositive(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw new MisconfigurationError({
    message: `DDPStrategy cannot use ${name}.`,
    expected: "a number above 0",
    received: describeValue(value),
  });
}

function unawaited(): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_RANKS",
    message: "Gradients are on their way between ranks, and nobody waited for them.",
    tryThis: "await what gradientsReady() returned, before the optimizer steps.",
  });
}
