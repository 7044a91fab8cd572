import type { PrecisionName, TrainingBackend } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { TrainableModule, TrainableOptimizer } from "./trainable.js";
import type { Precision, PrecisionState } from "./precision.js";

/**
 * Computes everything in float32, which every backend can do.
 * @example
 * ```ts
 * import { Fabric, FullPrecision } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric({ plugins: [new FullPrecision()] }); // what precision: "32-true" makes
 * console.log(fabric.precision.name); // "32-true"
 * ```
 */
export class FullPrecision implements Precision {
  readonly kind = "precision";
  readonly name: PrecisionName = "32-true";
  readonly stateKey: string = "Precision";

  connect(_backend: TrainingBackend): void {}
  convertModule(_module: TrainableModule): void {}
  convertOptimizer(_optimizer: TrainableOptimizer): void {}
  convertInput<TInput>(input: TInput): TInput {
    return input;
  }
  forward<TResult>(body: () => TResult): TResult {
    return body();
  }
  backward(loss: Tensor, walk: (loss: Tensor) => void): void {
    walk(loss);
  }
  unscaleGradients(_optimizer: TrainableOptimizer, _agree?: (hasOverflowed: boolean) => boolean): void {}
  optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void {
    return optimizer.step(closure);
  }
  state(): PrecisionState | undefined {
    return undefined;
  }
  restore(_state: PrecisionState): void {}
}
