import type { Tensor } from "@tensorflow/tfjs-core";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { trackInActiveScope } from "../tensor/engine-internals.js";
import { runWalk, type GraphOptions } from "./run-walk.js";

export interface GradOptions extends GraphOptions {
  /** Gradients that flow into the outputs, one each. @default 1, for scalars */
  readonly gradOutputs?: readonly (Tensor | undefined)[] | undefined;
  /** Return null for inputs that the outputs do not depend on, instead of throwing. @default false */
  readonly allowUnused?: boolean | undefined;
}

/**
 * The gradients of the outputs' sum with respect to any tensors of the open scope, variables or not; `grad` fields stay as
 * they are. The results belong to the innermost scope.
 * @throws NoGradientError for an input that no output depends on, unless `allowUnused`
 */
export function grad(outputs: Tensor | readonly Tensor[], inputs: readonly Tensor[], options: GradOptions = {}): (Tensor | null)[] {
  const outputList = isTensorList(outputs) ? outputs : [outputs];
  const wanted = new Set(inputs.map((input) => input.id));
  const gradients = runWalk({ ...options, outputs: outputList, outputGradients: outputList.map((_, i) => options.gradOutputs?.[i]), isLeaf: (tensor) => wanted.has(tensor.id) }, (leaves) => {
    const byId = new Map([...leaves].map(([leaf, gradient]) => [leaf.id, gradient]));
    return inputs.map((input, i) => moveOut(byId.get(input.id), i, options.allowUnused ?? false));
  });
  for (const { tensor, wasKept } of gradients) {
    if (tensor === null || wasKept) continue;
    tensor.kept = false;
    if (options.createGraph !== true) trackInActiveScope(tensor);
  }
  return gradients.map(({ tensor }) => tensor);
}

/** Marks a gradient so that the end of the walk spares it. */
function moveOut(gradient: Tensor | undefined, index: number, allowUnused: boolean): { tensor: Tensor | null; wasKept: boolean } {
  if (gradient === undefined) {
    if (allowUnused) return { tensor: null, wasKept: true };
    throw new NoGradientError({
      message: `No output depends on input ${index}, as far as this scope has recorded.`,
      tryThis: "check that it was used (the same tensor object, not a copy), or pass { allowUnused: true } to get null.",
    });
  }
  const wasKept = gradient.kept;
  gradient.kept = true;
  return { tensor: gradient, wasKept };
}

function isTensorList(value: Tensor | readonly Tensor[]): value is readonly Tensor[] {
  return Array.isArray(value);
}
