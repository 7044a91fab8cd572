import type { PrecisionName, TrainingBackend } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { TrainableModule, TrainableOptimizer } from "./trainable.js";

/** Plain values that go into the checkpoint under the precision's class name. */
export type PrecisionState = Readonly<Record<string, number>>;

/** In which number formats a step computes. Tensors are float32, whichever values of it they take. */
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
  /**
   * Gives parameters and buffers values of the format: before the first step, and after a checkpoint was loaded. Waits
   * for the backend where that is not known yet.
   */
  convertModule(module: TrainableModule): void;
  /** The same for what an optimizer remembers. */
  convertOptimizer(optimizer: TrainableOptimizer): void;
  /** Gives the float32 tensors in a nested value values of the format; gradients pass through. */
  convertInput<TInput>(input: TInput): TInput;
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
