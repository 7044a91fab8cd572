import type { Variable } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { gradOf } from "./gradients-of-variables.js";

const elsewhere = new WeakSet<Variable>();

/** Notes whether another process keeps the gradient of a variable, for ranks that divide gradients between them. */
export function setGradElsewhere(variable: Variable, isElsewhere: boolean): void {
  if (isElsewhere) elsewhere.add(variable);
  else elsewhere.delete(variable);
}

/**
 * For what looks at the gradients of several variables together.
 * @throws MisconfigurationError where another process has one of them
 */
export function requireGradsHere(variables: Iterable<Variable>, caller: string): void {
  for (const variable of variables)
    if (elsewhere.has(variable) && gradOf(variable) === null)
      throw new MisconfigurationError({
        code: "LIT_RANKS",
        message: `${caller} sees a part of the gradients alone: ranks divide them, and another one has that of ${variable.name}.`,
        expected: "gradients that are all on this rank",
        tryThis:
          "fabric.clipGradients or this.clipGradients, strategy.gradientNorms, GradientNormMonitor, which ask all " +
          "ranks; or FSDPStrategy({ stage: 1 }).",
      });
}
