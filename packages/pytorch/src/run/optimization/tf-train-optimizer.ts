import { LightningError, noGrad, Optimizer, type OptimizerState, type ParamGroup } from "@lightning-ts/core";
import { isTfOptimizer, TfOptimizerAdapter } from "@lightning-ts/fabric";
import type { Tensor, Optimizer as TfOptimizer, Variable } from "@tensorflow/tfjs-core";

/**
 * An optimizer of `tf.train` as one of this library's, so that a `tf.LayersModel` keeps the optimizer it has.
 * It updates variables that tfjs knows by name; its state cannot be part of a checkpoint.
 */
export class TfTrainOptimizer extends Optimizer {
  /** The optimizer itself. */
  readonly tfOptimizer: TfOptimizer;
  readonly #adapter: TfOptimizerAdapter;

  /** @throws MisconfigurationError when tfjs does not know one of the variables */
  constructor(tfOptimizer: TfOptimizer, params: readonly Variable[]) {
    const learningRate: unknown = Reflect.get(tfOptimizer, "learningRate");
    super(params, { lr: typeof learningRate === "number" ? learningRate : Number.NaN });
    this.tfOptimizer = tfOptimizer;
    this.#adapter = new TfOptimizerAdapter(tfOptimizer, params);
  }

  override step(closure?: () => Tensor | void): Tensor | void {
    const loss = closure?.();
    noGrad(() => this.#adapter.step());
    return loss;
  }

  /** @throws LightningError always: tf.train gives its state away only as a promise */
  override stateDict(): OptimizerState {
    throw new LightningError({
      code: "LIT_TF_OPTIMIZER_STATE",
      message: `The state of ${this.tfOptimizer.constructor.name} of tf.train cannot be saved in a checkpoint.`,
      tryThis:
        "new optim.Adam(this.parameters(), { lr }) in configureOptimizers, checkpoints with { saveWeightsOnly: true }, or new Trainer({ enableCheckpointing: false }).",
    });
  }

  override loadStateDict(): void {
    this.stateDict();
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
