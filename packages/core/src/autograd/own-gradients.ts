import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";

/**
 * The gradients that a walk found, to be given away: each a tensor of its own. One that the caller gave, that stands
 * here twice (a sum hands its own on to every term) or that is kept already is somebody else's too, and is cloned.
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
  return found.map((gradient) => (gradient !== undefined && shared.has(gradient) ? tf.clone(gradient) : gradient));
}
