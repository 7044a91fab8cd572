import type { Tensor } from "@tensorflow/tfjs-core";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { trackInActiveScope } from "../tensor/engine-internals/scope-stack.js";
import { ownGradients } from "./own-gradients.js";
import { runWalk, type GraphOptions } from "./run-walk.js";

export interface GradOptions extends GraphOptions {
  /** Gradients that flow into the outputs, one each. @default 1, for scalars */
  readonly gradOutputs?: readonly (Tensor | undefined)[] | undefined;
  /** Return null for inputs that the outputs do not depend on, instead of throwing. @default false */
  readonly allowUnused?: boolean | undefined;
}

/**
 * The gradients of the outputs' sum with respect to any tensors of the open scope, variables or not; `grad` fields stay
 * as they are. The results belong to the innermost scope.
 * @throws NoGradientError for an input that no output depends on, unless `allowUnused`
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const outputList = isTensorList(outputs) ? outputs : [outputs];
  const wanted = new Set(inputs.map((input) => input.id));
  const gradients = runWalk(
    {
      ...options,
      outputs: outputList,
      outputGradients: outputList.map((_, i) => options.gradOutputs?.[i]),
      isLeaf: (tensor) => wanted.has(tensor.id),
    },
    (leaves) => {
      const byId = new Map([...leaves].map(([leaf, gradient]) => [leaf.id, gradient]));
      const found = inputs.map((input) => byId.get(input.id));
      if (options.allowUnused !== true && found.includes(undefined)) throw unusedInput(found.indexOf(undefined));
      const own = ownGradients(found, options.gradOutputs ?? []);
      for (const gradient of own) if (gradient !== undefined) gradient.kept = true; // the end of the walk spares it
      return own;
    },
  );
  for (const gradient of gradients) {
    if (gradient === undefined) continue;
    gradient.kept = false;
    if (options.createGraph !== true) trackInActiveScope(gradient);
  }
  return gradients.map((gradient) => gradient ?? null);
}

function unusedInput(index: number): NoGradientError {
  return new NoGradientError({
    message: `No output depends on input ${index}, as far as this scope has recorded.`,
    tryThis: "check that it was used (the same tensor object, not a copy), or pass { allowUnused: true } to get null.",
  });
}

function isTensorList(value: Tensor | readonly Tensor[]): value is readonly Tensor[] {
  return Array.isArray(value);
}
