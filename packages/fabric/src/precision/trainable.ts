import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/**
 * What strategies and precisions need of a model. `nn.Module` fits, and so does the adapter around a `tf.LayersModel`.
 */
export interface TrainableModule {
  parameters(): readonly Variable[];
  stateDict(): ReadonlyMap<string, Tensor>;
}

/**
 * What strategies and precisions need of an optimizer. `optim.Optimizer` fits, and so does the adapter around a
 * `tf.train` optimizer.
 */
export interface TrainableOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Variable[] }[];
  /** True where a step computes the loss several times. */
  readonly needsClosure?: boolean;
  zeroGrad(): void;
  step(closure?: () => Tensor | void): Tensor | void;
}
