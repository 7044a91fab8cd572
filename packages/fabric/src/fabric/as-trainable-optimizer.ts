import { classNameOf, describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { Optimizer as TfOptimizer } from "@tensorflow/tfjs-core";
import type { TrainableModule, TrainableOptimizer } from "../precision/trainable.js";
import type { FabricOptimizer } from "../wrappers/fabric-optimizer.js";
import { isTfOptimizer, TfOptimizerAdapter } from "../wrappers/tf-optimizer.js";

/** Optimizers that `setup` accepts: this library's, and those of `tf.train`. */
export type SetupOptimizer = TrainableOptimizer | TfOptimizer;

/** An optimizer, or a function that makes one for the model. */
export type OptimizerInput<TModule> = SetupOptimizer | ((module: TModule) => SetupOptimizer);

/** What `setup` gives back for its optimizers, in their order. */
export type SetUpOptimizers<TInputs extends readonly unknown[]> = {
  [TIndex in keyof TInputs]: FabricOptimizer<
    TInputs[TIndex] extends (...args: never[]) => infer TOptimizer ? TOptimizer : TInputs[TIndex]
  >;
};

/**
 * @param module whose variables a `tf.train` optimizer updates
 * @throws MisconfigurationError for something that is no optimizer
 */
export function asTrainableOptimizer(optimizer: unknown, module: TrainableModule | undefined): TrainableOptimizer {
  if (isTfOptimizer(optimizer)) {
    if (module !== undefined) return new TfOptimizerAdapter(optimizer, module.parameters());
    throw new MisconfigurationError({
      code: "LIT_TF_OPTIMIZER",
      message: "An optimizer of tf.train does not know its variables, so it cannot be set up alone.",
      tryThis:
        "fabric.setup(model, optimizer). Variables without a model become one as fields of a class: " +
        "class Weights extends nn.Module { w = tf.variable(...) }.",
    });
  }
  if (isTrainableOptimizer(optimizer)) return optimizer;
  throw new MisconfigurationError({
    code: "LIT_NOT_AN_OPTIMIZER",
    message: "This is no optimizer.",
    expected: "an optimizer, an optimizer of tf.train, or a function (module) => optimizer",
    received: describeValue(optimizer),
  });
}

/** @throws MisconfigurationError when the optimizer has no parameter of the module */
export function requireShared(optimizer: TrainableOptimizer, module: TrainableModule): void {
  const parameters = new Set(module.parameters());
  if (optimizer.paramGroups.some(({ params }) => params.some((param) => parameters.has(param)))) return;
  throw new MisconfigurationError({
    code: "LIT_OPTIMIZER_MISMATCH",
    message: `${classNameOf(optimizer)} has no parameter of the ${classNameOf(module)} that it is set up with.`,
    tryThis:
      "make the optimizer from the model's own parameters: fabric.setup(model, (m) => new optim.Adam(m.parameters())).",
  });
}

function isTrainableOptimizer(value: unknown): value is TrainableOptimizer {
  return (
    typeof value === "object" && value !== null && "paramGroups" in value && "step" in value && "zeroGrad" in value
  );
}
