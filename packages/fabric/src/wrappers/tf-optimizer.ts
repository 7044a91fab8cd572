import { classNameOf, gradOf, MisconfigurationError, setGrad, tf, refusePromise } from "@lightning-ts/core";
import type { NamedTensorMap, Optimizer as TfOptimizer, Tensor, Variable } from "@tensorflow/tfjs-core";
import type { TrainableOptimizer } from "../precision/trainable.js";

/** True for the optimizers of `tf.train`. */
export function isTfOptimizer(value: unknown): value is TfOptimizer {
  return (
    typeof value === "object" &&
    value !== null &&
    "applyGradients" in value &&
    typeof value.applyGradients === "function" &&
    "getWeights" in value
  );
}

/**
 * Lets a `tf.train` optimizer work with gradients that lie beside the variables.
 * tfjs finds the variables by name, so they must be registered with it: those of a `tf.LayersModel` are, Parameters are
 * not.
 */
export class TfOptimizerAdapter implements TrainableOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Variable[] }[];
  readonly optimizer: TfOptimizer;

  /** @throws MisconfigurationError when tfjs does not know one of the variables */
  constructor(optimizer: TfOptimizer, variables: readonly Variable[]) {
    const registered = tf.engine().registeredVariables;
    const stranger = variables.find((variable) => registered[variable.name] !== variable);
    if (stranger !== undefined) {
      throw new MisconfigurationError({
        code: "LIT_TF_OPTIMIZER",
        message: `${classNameOf(optimizer)} of tf.train can only update variables that tfjs knows by name, such as those of a tf.LayersModel.`,
        received: `a variable of shape [${stranger.shape.join(", ")}] that is not registered with tfjs`,
        tryThis:
          "one of this library's optimizers for nn.Module, e.g. fabric.setup(model, (m) => new optim.Adam(m.parameters())).",
      });
    }
    this.optimizer = optimizer;
    this.paramGroups = [{ params: variables }];
  }

  zeroGrad(): void {
    for (const variable of this.#variables) setGrad(variable, null);
  }

  step(closure?: () => Tensor | void): Tensor | void {
    const loss = closure === undefined ? undefined : refusePromise(closure(), "The closure of optimizer.step");
    const gradients: NamedTensorMap = {};
    // tf.train keeps its state by position: a variable without a gradient stays in its place, as null, and is skipped
    // there. The type of tfjs leaves this null out.
    for (const variable of this.#variables)
      Reflect.set(gradients, variable.name, variable.trainable ? gradOf(variable) : null);
    if (Object.values(gradients).some((gradient) => gradient !== null)) this.optimizer.applyGradients(gradients);
    return loss;
  }

  get #variables(): readonly Variable[] {
    return this.paramGroups[0]?.params ?? [];
  }
}
