import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { isRecording } from "../tensor/engine-internals/tape.js";
import { replaceForRollback } from "../tensor/engine-internals/rollback-of-backend.js";
import { tf } from "../tensor/tf.js";
import { isVariable } from "./backward-walk.js";
import { rememberForRollback } from "../tensor/rollback.js";
import { gradOf, gradPlaceOf, setGrad } from "./gradients-of-variables.js";
import { ownGradients } from "./own-gradients.js";
import { runWalk, type GraphOptions } from "./run-walk.js";

export interface BackwardOptions extends GraphOptions {
  /** Gradient that flows into `loss`, of its shape. @default 1, for a scalar loss */
  readonly gradient?: Tensor | undefined;
}

/**
 * Adds the gradient of `loss` to the `grad` of every trainable variable that it was computed from in the open scope.
 * Afterwards the part of the graph that was used is freed, unless `retainGraph` or `createGraph` is set.
 * @throws NoGradientError when no trainable variable reaches the loss; FreedGraphError, ModifiedVariableError
 */
export function backward(loss: Tensor, options: BackwardOptions = {}): void {
  const wasRecording = isRecording();
  runWalk({ ...options, outputs: [loss], outputGradients: [options.gradient], isLeaf: isTrainable }, (leaves) => {
    if (leaves.size === 0) throw nothingReached(wasRecording);
    const gradients = ownGradients([...leaves.values()], [options.gradient]);
    rememberMissing(leaves.keys());
    for (const [i, leaf] of [...leaves.keys()].entries()) {
      const gradient = gradients[i];
      if (gradient !== undefined && isVariable(leaf)) accumulate(leaf, gradient);
    }
  });
}

function accumulate(variable: Variable, gradient: Tensor): void {
  const known = gradOf(variable);
  if (known === null) {
    setGrad(variable, gradient);
    return;
  }
  const sum = tf.add(known, gradient);
  replaceForRollback(gradPlaceOf(variable), sum, known);
  setGrad(variable, sum);
}

/** Notes which variables have no gradient yet: they have none again if the kernels that compute the new ones fail. */
function rememberMissing(leaves: Iterable<Tensor>): void {
  rememberForRollback({}, () => {
    const missing = [...leaves].filter(isVariable).filter((variable) => gradOf(variable) === null);
    return () => {
      for (const variable of missing) setGrad(variable, null);
    };
  });
}

function isTrainable(tensor: Tensor): boolean {
  return isVariable(tensor) && tensor.trainable;
}

function nothingReached(wasRecording: boolean): NoGradientError {
  return new NoGradientError({
    message: "No trainable variable was used to compute this loss in the open scope.",
    tryThis: wasRecording
      ? "check requiresGrad of the parameters, and that nothing detached the loss (detach, noGrad, item, a number from data())."
      : "compute the loss and call backward in the same scope, and not inside noGrad.",
  });
}
