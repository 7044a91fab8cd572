import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";

/**
 * Makes the gradients that a walk found safe to give away: each becomes a tensor of its own. A gradient is cloned where
 * the caller gave it, where it occurs twice (a sum hands the same one to all its terms), and where it is kept already.
 */
export function ownGradients(
  found: readonly (Tensor | undefined)[],
  given: readonly (Tensor | undefined)[],
): (Tensor | undefined)[] {
  const seen = new Set(given);
  const shared = new Set<Tensor>();
  for (const gradient of found) {
    if (gradient === undefined) continue;
    if (gradient.kept || seen.has(gradient)) shared.add(gradient);
    seen.add(gradient);
  }
  const own: (Tensor | undefined)[] = [];
  for (const gradient of found)
    own.push(gradient !== undefined && shared.has(gradient) ? tf.clone(gradient) : gradient);
  return own;
}
