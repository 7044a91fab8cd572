import type { ClipGradNormOptions } from "./clip-options.js";
import type { HostTensor, OnDevice } from "@lightning-ts/core";
import type { Rank, Tensor, TensorBuffer, Variable } from "@tensorflow/tfjs-core";
import type { Accelerator } from "../accelerators/accelerator.js";
import type { Device } from "../accelerators/device.js";
import type { CheckpointStore, CheckpointValue, LoadedTree, SaveOptions } from "../checkpoint/checkpoint-store.js";
import type { Collective, ReduceOp } from "../collectives/collective.js";
import type { ClusterEnvironment } from "../environments/cluster-environment.js";
import type { Ports } from "../ports/ports.js";
import type { Decision } from "./decision.js";
import type { GradientNorms } from "./gradient-norms.js";
import type { Precision } from "../precision/precision.js";
import type { TrainableModule, TrainableOptimizer } from "../precision/trainable.js";

/** What `connect` resolved and hands to the strategy. */
export interface StrategyParts {
  readonly accelerator: Accelerator;
  /** Device indices of this machine, one process each. */
  readonly devices: readonly number[];
  readonly numNodes: number;
  readonly precision: Precision;
  readonly store: CheckpointStore;
  readonly environment: ClusterEnvironment;
  /** The collective that the user passed; otherwise the strategy brings its own. */
  readonly collective: Collective | undefined;
  readonly ports: Ports;
}

export interface BackwardOptions {
  /** The gradient that flows into the loss; needed where that is no scalar. */
  readonly gradient?: Tensor | undefined;
  /** Keeps the graph for another backward. @default false */
  readonly retainGraph?: boolean | undefined;
  /** Makes the gradients differentiable. @default false */
  readonly createGraph?: boolean | undefined;
}

/** A gradient as a checkpoint holds it; null where there is none. */
export type OpenGradient = Tensor | TensorBuffer<Rank, "float32"> | null;

/**
 * How one training step is spread over processes and devices. Everything that a loop does to a model passes through
 * here, so that a strategy with several ranks can put its communication where it belongs
 * (docs/decisions/0040-fabric-contracts.md).
 */
export interface Strategy {
  readonly kind: "strategy";
  readonly name: string;
  readonly precision: Precision;
  /** Receives its parts; nothing is started yet. Called once, before everything else. */
  connect(parts: StrategyParts): void;
  readonly globalRank: number;
  readonly localRank: number;
  readonly nodeRank: number;
  readonly worldSize: number;
  readonly isGlobalZero: boolean;
  /** Communication; valid after `connect`. */
  readonly collective: Collective;
  /**
   * Starts the other processes where that is its job, sets up the device and joins the collective. Repeated calls do
   * nothing.
   */
  launch(): Promise<void>;
  readonly isLaunched: boolean;
  /** @throws NotLaunchedError before `launch` */
  readonly device: Device;
  /** Rank and count for the distributed sampler; undefined where every process sees all data. */
  readonly samplerRanks: { readonly numReplicas: number; readonly rank: number } | undefined;

  /**
   * Prepares a model: wraps, shards, or starts to send the weights of rank 0. May return another module in its place.
   */
  setupModule<TModule extends TrainableModule>(module: TModule): TModule;
  setupOptimizer(optimizer: TrainableOptimizer): void;
  /** Resolves when what the two above started is done. Loops await it before the first batch. */
  settle(): void | Promise<void>;
  /** The same for callers that cannot wait: blocks. */
  joinSettled(): void;
  /**
   * Moves a host batch to the device. Its arrays are not read later: where tensors copy what they are made of, the
   * loader writes another batch into them.
   */
  toDevice<TBatch>(batch: TBatch): OnDevice<TBatch>;

  /** Fills `.grad` of what the loss depends on; with several ranks, of this rank's alone until one of the next two. */
  backward(loss: Tensor, options?: BackwardOptions): void;
  /** Runs `body`; backward passes inside accumulate on this rank only. */
  noBackwardSync<TResult>(module: TrainableModule, body: () => TResult): TResult;
  /**
   * Reduces the gradients over the ranks, in flat buckets, and returns a promise while they are on their way. Loops
   * that can wait await it after `backward`.
   */
  gradientsReady(): void | Promise<void>;
  /** The same for callers that cannot wait: blocks. `optimizerStep` and clipping do it where nobody else has. */
  joinGradients(): void;
  /** Takes the precision's scale out of the gradients, once for each step; clipping and stepping do it too. */
  unscaleGradients(optimizer: TrainableOptimizer): void;
  /** @returns what the closure returned */
  optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void;
  /** @returns the norm before clipping, over all shards; not read yet */
  clipGradNorm(
    optimizer: TrainableOptimizer,
    parameters: readonly Variable[],
    maxNorm: number,
    options?: ClipGradNormOptions,
  ): Tensor;
  clipGradValue(optimizer: TrainableOptimizer, parameters: readonly Variable[], clipValue: number): void;
  /**
   * Norms of the gradients of parameters, over all shards, once they are reduced. Where ranks divide gradients, all
   * call it with the same parameters, and wait for each other.
   */
  gradientNorms(parameters: readonly Variable[], normType: number): GradientNorms;

  /**
   * Gradients of an accumulation that goes on, for a checkpoint: what each rank has accumulated for itself is averaged
   * over all, as the next reduction would; what they have reduced already is in it. The gradients of the run stay as
   * they are, to the bit. All ranks call it at the same point with the same parameters. On one rank: as they are.
   * @param isOpen whether this rank still needs a parameter's gradient; one that no rank needs is null @default all
   */
  openGradients(
    parameters: readonly Variable[],
    isOpen?: (parameter: Variable) => boolean,
  ): readonly OpenGradient[] | Promise<readonly OpenGradient[]>;
  /**
   * Goes on with gradients that `openGradients` gave, on this number of ranks or another. All ranks call it with the
   * same ones, which are not averaged again. They belong to the strategy now.
   */
  resumeGradients(gradients: ReadonlyMap<Variable, Tensor>): void;

  /** Reduces numbers and tensors inside a collection over the ranks. On one rank: as it is. */
  reduce<TValue>(value: TValue, op: ReduceOp, name: string): Promise<TValue>;
  /** The value of rank `source`, on every rank. */
  broadcast<TValue>(value: TValue, source: number, name: string): Promise<TValue>;
  /**
   * Tensors and numbers inside a collection, from all ranks: with one rank as they are, otherwise with a new first
   * dimension.
   */
  allGather<TValue>(value: TValue, name: string): Promise<TValue>;
  /** Gives all ranks the same answer. It is there at once where there is one rank; loops ask at their safe points. */
  agree(decision: Decision): boolean | Promise<boolean>;
  /** Tells the other ranks that this one has failed by itself and makes no call more: they fail rather than wait. */
  abandon(error: unknown): void;

  /**
   * What a checkpoint is to hold: a strategy whose ranks keep parts of the optimizers' states puts them together on
   * rank 0. All ranks call it with what they have, before they save. On one rank: as it is.
   */
  completeCheckpoint<TTree extends Readonly<Record<string, unknown>>>(tree: TTree): TTree | Promise<TTree>;
  /** Whether a checkpoint becomes a folder with a file for each rank: no rank has all that it will hold. */
  readonly savesShards: boolean;
  /** Writes a checkpoint. All ranks call it; rank 0 does it, and a sharded strategy may write a folder. */
  saveCheckpoint(path: string, tree: { readonly [key: string]: CheckpointValue }, options?: SaveOptions): Promise<void>;
  loadCheckpoint(path: string): Promise<LoadedTree>;
  loadTensors(path: string): Promise<Map<string, HostTensor>>;
  /** Removes a checkpoint, if it is there. Rank 0 calls it alone. */
  removeCheckpoint(path: string): Promise<void>;
  /** Whether a checkpoint is there. Waits for one that is still being written. Rank 0 calls it alone. */
  checkpointExists(path: string): Promise<boolean>;
  teardown(): Promise<void>;
}
