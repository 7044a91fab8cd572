import {
  classNameOf,
  LightningError,
  noGrad,
  Optimizer,
  type AnyOptimizerState,
  type OptimizerState,
  type ParamGroup,
} from "@lightning-ts/core";
import {
  isTfOptimizer,
  restoreTfOptimizer,
  TfOptimizerAdapter,
  tfOptimizerState,
  type LoadedTree,
} from "@lightning-ts/fabric";
import type { Tensor, Optimizer as TfOptimizer, Variable } from "@tensorflow/tfjs-core";

/**
 * An optimizer of `tf.train` as one of this library's, so that a `tf.LayersModel` keeps the optimizer it has.
 * It updates variables that tfjs knows by name.
 */
export class TfTrainOptimizer extends Optimizer {
  static override readonly stateName = "TfTrainOptimizer";

  /** The optimizer itself. */
  readonly tfOptimizer: TfOptimizer;
  readonly #adapter: TfOptimizerAdapter;
  #state: Awaited<ReturnType<typeof tfOptimizerState>> | undefined;
  #loading: Promise<void> | undefined;

  /** @throws MisconfigurationError when tfjs does not know one of the variables */
  constructor(tfOptimizer: TfOptimizer, params: readonly Variable[]) {
    const learningRate = "learningRate" in tfOptimizer ? tfOptimizer.learningRate : undefined;
    super(params, { lr: typeof learningRate === "number" ? learningRate : Number.NaN });
    this.tfOptimizer = tfOptimizer;
    this.#adapter = new TfOptimizerAdapter(tfOptimizer, params);
  }

  override step(closure?: () => Tensor | void): Tensor | void {
    const loss = closure?.();
    noGrad(() => this.#adapter.step());
    return loss;
  }

  /** Reads what a checkpoint keeps: `tf.train` gives it only as a promise, and `stateDict` cannot wait. */
  async prepareState(): Promise<void> {
    this.#state = await tfOptimizerState(this.tfOptimizer);
  }

  /** @throws LightningError before `prepareState` */
  override stateDict(): OptimizerState {
    const state = this.#state;
    this.#state = undefined;
    if (state === undefined)
      throw new LightningError({
        code: "LIT_TF_OPTIMIZER_STATE",
        message: `The state of ${classNameOf(this.tfOptimizer)} of tf.train can only be waited for.`,
        tryThis: "await optimizer.tfOptimizer.getWeights(), or trainer.saveCheckpoint(path).",
      });
    return { state: {}, param_groups: [], ...state };
  }

  /** Begins to take a state back; `settle` waits for it. */
  override loadStateDict(state: AnyOptimizerState & LoadedTree): void {
    this.#loading = restoreTfOptimizer(this.tfOptimizer, state);
  }

  /** Resolves when the state is taken back. @throws MisconfigurationError when it is that of something else */
  async settle(): Promise<void> {
    const loading = this.#loading;
    this.#loading = undefined;
    await loading;
  }

  override dispose(): void {
    this.tfOptimizer.dispose();
    super.dispose();
  }

  protected override completeGroup(group: ParamGroup): ParamGroup {
    return group;
  }

  protected override updateGroup(): void {}
}

/** What `configureOptimizers` returned, with optimizers of `tf.train` wrapped wherever an optimizer may stand. */
export function adoptTfOptimizers(returned: unknown, parameters: () => readonly Variable[]): unknown {
  if (isTfOptimizer(returned)) return new TfTrainOptimizer(returned, parameters());
  if (Array.isArray(returned)) return returned.map((entry) => adoptTfOptimizers(entry, parameters));
  if (
    typeof returned === "object" &&
    returned !== null &&
    "optimizer" in returned &&
    isTfOptimizer(returned.optimizer)
  ) {
    return { ...returned, optimizer: new TfTrainOptimizer(returned.optimizer, parameters()) };
  }
  return returned;
}

/** Reads the states of those optimizers that give them only as promises. To be called before a checkpoint is made. */
export async function prepareTfOptimizers(optimizers: readonly Optimizer[]): Promise<void> {
  for (const optimizer of optimizers) if (optimizer instanceof TfTrainOptimizer) await optimizer.prepareState();
}

/** Waits for those that are still taking their states back. */
export async function settleTfOptimizers(optimizers: readonly Optimizer[]): Promise<void> {
  for (const optimizer of optimizers) if (optimizer instanceof TfTrainOptimizer) await optimizer.settle();
}
