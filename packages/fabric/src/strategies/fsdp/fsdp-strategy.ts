import {
  classNameOf,
  gradOf,
  isPromiseLike,
  MisconfigurationError,
  Optimizer,
  rejectUnknownOptions,
} from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { SaveOptions } from "../../checkpoint/checkpoint-store.js";
import type { TrainableModule, TrainableOptimizer } from "../../precision/trainable.js";
import type { ClipGradNormOptions } from "../clip-options.js";
import type { GradientNorms } from "../gradient-norms.js";
import type { GradientReduction } from "../ddp/gradient-reduction.js";
import type { StrategyParts } from "../strategy.js";
import { DDPStrategy, type DDPStrategyOptions } from "../ddp/ddp-strategy.js";
import { clipOverRanks } from "./clip-over-ranks.js";
import { gradientNormsOfRanks } from "./gradient-norms-of-ranks.js";
import { HiddenGradients } from "./hidden-gradients.js";
import { ParameterOwners } from "./parameter-owners.js";
import type { StateEntries, UnwrittenTree } from "./optimizer-states-in-tree.js";
import { readStage, readStateDictType, type FSDPStage, type StateDictType } from "./read-stage.js";
import { saveShards, type CheckpointTree } from "./save-shards.js";
import { Scratch } from "./scratch.js";
import { ShardedReduction } from "./sharded-reduction.js";
import { shareWeights } from "./share-weights.js";
import { ownEntries, withWholeStates } from "./whole-optimizer-states.js";

const DEFAULT_BUCKET_MEGABYTES = 25;
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Those of `DDPStrategy`, but that gradients travel as float32 in stage 2, and are shared in stage 1. */
export interface FSDPStrategyOptions extends Omit<DDPStrategyOptions, "gradientCompression" | "shareGradients"> {
  /** What each rank keeps only its part of. 1: the optimizer's state; 2: the gradients too. @default 2 */
  readonly stage?: FSDPStage | undefined;
  /**
   * How checkpoints are saved: in one file, for which rank 0 collects the optimizer's state, or as a folder in which
   * each rank writes its own. Both are loaded by any strategy and number of ranks. @default "full"
   */
  readonly stateDictType?: StateDictType | undefined;
}

/**
 * Data-parallel training like `DDPStrategy`, in which each rank keeps the optimizer's state and the gradients of its
 * part of the parameters only, updates those, and gives them to the others.
 * @example
 * ```ts
 * import { Fabric, FSDPStrategy } from "@lightning-ts/fabric";
 *
 * const strategy = new FSDPStrategy({ stage: 2 });
 * const fabric = new Fabric({ strategy, devices: 2 });
 * console.log(fabric.worldSize); // 2; `await fabric.launch()` starts the other one
 * ```
 */
export class FSDPStrategy extends DDPStrategy {
  override readonly name: string = "fsdp";
  override savesShards = false;
  readonly stage: FSDPStage;
  readonly stateDictType: StateDictType;
  readonly #bucketBytes: number;
  readonly #reduction: ShardedReduction | undefined;
  readonly #scratch = new Scratch();
  readonly #modules = new Set<TrainableModule>();
  readonly #optimizers = new Set<Optimizer>();
  #knownOwners: ParameterOwners | undefined;

  /** @throws MisconfigurationError for options that do not exist, and a stage that does not exist yet */
  constructor(options: FSDPStrategyOptions = {}) {
    const { stage = 2, stateDictType = "full", ...rest } = options;
    const names = ["stage", "stateDictType", "timeoutMs", "bucketCapMb", "findUnusedParameters", "broadcastBuffers"];
    rejectUnknownOptions("FSDPStrategy", options, names);
    super(rest);
    this.stage = readStage(stage);
    this.stateDictType = readStateDictType(stateDictType);
    this.#bucketBytes = (options.bucketCapMb ?? DEFAULT_BUCKET_MEGABYTES) * BYTES_PER_MEGABYTE;
    if (this.stage === 2)
      this.#reduction = new ShardedReduction({ bucketBytes: this.#bucketBytes, owners: () => this.#owners });
  }

  override connect(parts: StrategyParts): void {
    super.connect(parts);
    this.savesShards = this.stateDictType === "sharded" && this.worldSize > 1;
  }
  protected override get gradientReduction(): GradientReduction | undefined {
    return this.#reduction;
  }

  override setupModule<TModule extends TrainableModule>(module: TModule): TModule {
    this.#modules.add(module);
    return super.setupModule(module);
  }
  /** @throws MisconfigurationError for an optimizer whose state cannot be divided */
  override setupOptimizer(optimizer: TrainableOptimizer): void {
    super.setupOptimizer(optimizer);
    if (this.worldSize > 1) this.#optimizers.add(requireDivisible(optimizer));
  }

  override unscaleGradients(optimizer: TrainableOptimizer): void {
    if (this.#reduction === undefined || this.worldSize === 1) return super.unscaleGradients(optimizer);
    this.precision.unscaleGradients(optimizer, (hasOverflowed) => {
      const flag = Uint8Array.of(hasOverflowed ? 1 : 0);
      this.collective.allReduce(flag, { name: "overflow of gradients", op: "max" }).join();
      return flag[0] === 1;
    });
  }
  override clipGradNorm(
    optimizer: TrainableOptimizer,
    parameters: readonly Variable[],
    maxNorm: number,
    options: ClipGradNormOptions = {},
  ): Tensor {
    if (this.#reduction === undefined || this.worldSize === 1)
      return super.clipGradNorm(optimizer, parameters, maxNorm, options);
    this.setPhase("step");
    this.joinGradients();
    this.unscaleGradients(optimizer);
    const owners = this.#owners;
    const isCounted = (parameter: Variable): boolean => (owners.ownerOf(parameter) ?? 0) === this.globalRank;
    return clipOverRanks({ ...options, collective: this.collective, parameters, isCounted, maxNorm });
  }
  override gradientNorms(parameters: readonly Variable[], normType: number): GradientNorms {
    if (this.#reduction === undefined || this.worldSize === 1) return super.gradientNorms(parameters, normType);
    const owners = this.#owners;
    const ownerOf = (parameter: Variable): number => owners.ownerOf(parameter) ?? 0;
    return gradientNormsOfRanks({ collective: this.collective, parameters, normType, ownerOf });
  }
  override optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void {
    if (this.worldSize === 1) return super.optimizerStep(optimizer, closure);
    const hidden = new HiddenGradients();
    let updated: Variable[] = [];
    const keepOwn = (): void => {
      this.joinGradients();
      this.unscaleGradients(optimizer);
      updated = this.#divide(optimizer, hidden);
    };
    const own =
      closure &&
      ((): Tensor | void => {
        const loss = closure();
        if (!isPromiseLike(loss)) keepOwn();
        return loss;
      });
    if (own === undefined) keepOwn();
    try {
      const loss = super.optimizerStep(optimizer, own);
      this.#share(updated);
      return loss;
    } finally {
      hidden.restore();
    }
  }

  override async completeCheckpoint<TTree extends Readonly<Record<string, unknown>>>(tree: TTree): Promise<TTree> {
    if (this.worldSize === 1 || this.savesShards) return tree;
    this.setPhase("save");
    return withWholeStates(tree, this.#ownEntries(tree), this.collective);
  }
  override async saveCheckpoint(path: string, tree: CheckpointTree, options: SaveOptions = {}): Promise<void> {
    if (this.worldSize === 1 || !this.savesShards) return super.saveCheckpoint(path, tree, options);
    this.setPhase("save");
    const { store, ports } = this.parts;
    const { join } = ports.files;
    return saveShards({ strategy: this, store, join, path, tree, own: this.#ownEntries(tree), options });
  }

  override async teardown(): Promise<void> {
    this.#reduction?.end();
    await super.teardown();
  }

  #ownEntries(tree: UnwrittenTree): Map<string, StateEntries> {
    const owners = this.#owners;
    const isOurs = (parameter: Variable): boolean => (owners.ownerOf(parameter) ?? 0) === this.globalRank;
    return ownEntries(tree, this.#optimizers, isOurs);
  }

  /** Who updates what; with the modules that were set up until now. */
  get #owners(): ParameterOwners {
    this.#knownOwners ??= new ParameterOwners(this.worldSize);
    for (const module of this.#modules) this.#knownOwners.add(module.parameters());
    return this.#knownOwners;
  }

  /**
   * Leaves an optimizer the gradients and the state of this rank's part.
   * @returns parameters that one of the ranks updates
   */
  #divide(optimizer: TrainableOptimizer, hidden: HiddenGradients): Variable[] {
    const owners = this.#owners;
    const isOthers = (parameter: Variable): boolean =>
      (owners.ownerOf(parameter) ?? this.globalRank) !== this.globalRank;
    if (optimizer instanceof Optimizer)
      for (const [parameter, state] of optimizer.state)
        if (isOthers(parameter)) {
          state.dispose();
          optimizer.state.delete(parameter);
        }
    const parameters = optimizer.paramGroups.flatMap(({ params }) => params);
    // In stage 2 a rank does not see which gradients the others have.
    const everReduced = this.#reduction?.everReduced;
    const updated = parameters.filter(
      (parameter) =>
        owners.ownerOf(parameter) !== undefined && (everReduced?.has(parameter) ?? gradOf(parameter) !== null),
    );
    hidden.hide(parameters.filter(isOthers));
    return updated;
  }

  #share(updated: readonly Variable[]): void {
    const byOwner = Array.from({ length: this.worldSize }, (_, rank) =>
      updated.filter((parameter) => this.#knownOwners?.ownerOf(parameter) === rank),
    );
    const { collective } = this;
    shareWeights({ collective, byOwner, bucketBytes: this.#bucketBytes, scratch: this.#scratch });
  }
}

function requireDivisible(optimizer: TrainableOptimizer): Optimizer {
  if (optimizer instanceof Optimizer && !optimizer.needsClosure) return optimizer;
  throw new MisconfigurationError({
    code: "LIT_STRATEGY",
    message: `The strategy "fsdp" cannot divide the state of ${classNameOf(optimizer)} between ranks.`,
    expected: "an optimizer of this library that updates each parameter by itself, such as Adam",
    received: classNameOf(optimizer),
    tryThis: 'strategy: "ddp", which keeps the whole state on every rank.',
  });
}
