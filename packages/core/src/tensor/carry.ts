import { Tensor } from "@tensorflow/tfjs-core";
import { mapTree, tensorsIn } from "../tree/tree.js";
import { detach } from "./detach.js";
import { keep } from "./keep.js";
import { currentScope } from "./tensor-scope.js";

/**
 * For tensors that stay in a field from batch to batch: `this.hidden = carry(hidden, this.hidden)`. Gives detached
 * copies of them, which live until the next `carry` takes their place.
 * @param value tensors in any nesting; undefined for none
 * @param before what the field has held; freed at the end of the batch, outside of batches at once
 * @example
 * ```ts
 * import { carry, tensorScope, tf } from "@lightning-ts/core";
 *
 * let hidden: tf.Tensor | undefined;
 * for (let batch = 0; batch < 3; batch += 1) {
 *   const scope = tensorScope();
 *   hidden = carry((hidden ?? tf.zeros([2])).add(1), hidden);
 *   scope.close();
 * }
 * console.log(hidden?.dataSync()); // 3, 3
 * carry(undefined, hidden); // freed
 * ```
 */
export function carry<TValue>(value: TValue, before?: unknown): TValue;
export function carry(value: unknown, before?: unknown): unknown {
  const carried = mapTree(value, (leaf) => (leaf instanceof Tensor ? keep(detach(leaf)) : leaf));
  const scope = currentScope();
  if (scope !== undefined) scope.adopt(before);
  else for (const tensor of tensorsIn(before)) tensor.dispose();
  return carried;
}
