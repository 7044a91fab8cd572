import { detach, tensorScope, type TensorScope } from "@lightning-ts/core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Strategy } from "../strategies/strategy.js";
import type { TrainableOptimizer } from "../precision/trainable.js";
import { boundProxy } from "./bound-proxy.js";
import { TfOptimizerAdapter } from "./tf-optimizer.js";
import { rememberWrapped } from "./wrapped-objects.js";

/** What a set-up optimizer has besides everything it had before. */
export interface FabricOptimizerExtras<TOptimizer> {
  /** The optimizer that was set up. */
  readonly optimizer: TOptimizer;
  /** Drops the gradients of the optimizer's parameters. */
  zeroGrad(): void;
  /** Updates the parameters from their gradients. @returns what the closure returned */
  step(closure?: () => Tensor | void): Tensor | void;
}

export type FabricOptimizer<TOptimizer> = TOptimizer & FabricOptimizerExtras<TOptimizer>;

export interface OptimizerContext {
  readonly strategy: Strategy;
  /** What does the work: the optimizer itself, or the adapter around a `tf.train` optimizer. */
  readonly trainable: TrainableOptimizer;
  readonly afterStep: () => void;
}

const trainables = new WeakMap<object, TrainableOptimizer>();

/** Makes a proxy of the optimizer whose `step` goes through strategy and precision. */
export function wrapOptimizer<TOptimizer extends object>(
  optimizer: TOptimizer,
  { strategy, trainable, afterStep }: OptimizerContext,
): FabricOptimizer<TOptimizer> {
  const extras = new Map<PropertyKey, unknown>([
    ["optimizer", optimizer],
    ["zeroGrad", () => trainable.zeroGrad()],
    [
      "step",
      (closure?: () => Tensor | void) => {
        const loss = strategy.optimizerStep(trainable, closure);
        afterStep();
        return loss;
      },
    ],
  ]);
  if (trainable instanceof TfOptimizerAdapter) extras.set("minimize", minimizeWith(strategy, trainable, afterStep));
  const proxy = boundProxy(optimizer, { extras, override: () => undefined });
  rememberWrapped(proxy, optimizer);
  trainables.set(proxy, trainable);
  if (!hasExtras<TOptimizer>(proxy)) throw new TypeError("unreachable: a wrapped optimizer lacks what it was given");
  return proxy;
}

/** `optimizer.minimize(f, returnCost)` of tf.train, through strategy and precision. */
function minimizeWith(strategy: Strategy, trainable: TfOptimizerAdapter, afterStep: () => void) {
  return (computeLoss: () => Scalar, returnCost = false): Scalar | null => {
    using scope = tensorScope({ name: "minimize" });
    trainable.zeroGrad();
    const loss = strategy.precision.forward(computeLoss);
    strategy.backward(loss);
    strategy.optimizerStep(trainable);
    afterStep();
    trainable.zeroGrad();
    return returnCost ? moveOut(scope, loss) : null;
  };
}

/** Moves a tensor from the innermost scope to the one around it. */
function moveOut(scope: TensorScope, loss: Scalar): Scalar {
  scope.keep(loss);
  scope.close();
  const copy = detach(loss);
  loss.dispose();
  return copy;
}

/** The optimizer that does the work behind a set-up optimizer. */
export function trainableOf(wrapper: object): TrainableOptimizer | undefined {
  return trainables.get(wrapper);
}

function hasExtras<TOptimizer extends object>(optimizer: TOptimizer): optimizer is FabricOptimizer<TOptimizer> {
  return trainables.has(optimizer);
}
