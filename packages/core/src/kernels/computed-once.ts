import type { Tensor } from "@tensorflow/tfjs-core";
import { innermostScope, moveFromInnermostScope } from "../tensor/engine-internals/scope-stack.js";

/**
 * Tensors that several gradient functions of a kernel need, computed by the first that asks.
 * `tf.grads` and `tf.variableGrads` call each of those functions in a scope that frees what it does not return. So what
 * is shared goes to the scope in which this was called, which ends with the whole backward.
 */
export function computedOnce<TResult extends Tensor | Tensor[]>(compute: () => TResult): () => TResult {
  const scope = innermostScope();
  let known: TResult | undefined;
  return () => {
    if (known !== undefined) return known;
    known = compute();
    moveFromInnermostScope(Array.isArray(known) ? known : [known], scope);
    return known;
  };
}
