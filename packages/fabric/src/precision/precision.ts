import type { PrecisionName, TrainingBackend } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { TrainableOptimizer } from "./trainable.js";

/** Plain values that go into the checkpoint under the precision's class name. */
export type PrecisionState = Readonly<Record<string, number>>;

/** In which number formats a step computes. Parameters stay float32. */
export interface Precision {
  readonly kind: "precision";
  readonly name: PrecisionName;
  /** Entry of the checkpoint that holds the state, Lightning's class name, e.g. `"MixedPrecision"`. */
  readonly stateKey: string;
  /**
   * Called once, when the backend is known.
   * @throws UnsupportedPrecisionError naming the precisions that the backend has
   */
  connect(backend: TrainingBackend): void;
  /** Runs the model. Of an asynchronous body only the part before its first wait is covered. */
  forward<TResult>(body: () => TResult): TResult;
  /** Calls `walk` with the loss, scaled where that is needed. */
  backward(loss: Tensor, walk: (loss: Tensor) => void): void;
  /**
   * Takes the scale out of the gradients; a second call before the next step changes nothing.
   * @param agree says whether gradients have overflowed on any rank, where ranks have parts of them
   */
  unscaleGradients(optimizer: TrainableOptimizer, agree?: (hasOverflowed: boolean) => boolean): void;
  /**
   * Runs the closure and the optimizer's step; the step is left out when the gradients overflowed. @returns what the
   * closure returned
   */
  optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void;
  /** Undefined when there is nothing to save. */
  state(): PrecisionState | undefined;
  restore(state: PrecisionState): void;
}
