import { nn } from "@lightning-ts/core";
import type { PrunedField } from "./pruning-options.js";
import { originalOf } from "./pruned-fields.js";

/**
 * Draws a parameter anew as its layer did: linear layers and convolutions uniformly, norms 1 and 0. Other layers keep
 * their first values.
 * @returns whether it was drawn
 */
export function resample(field: PrunedField): boolean {
  const [layer, name] = field;
  const parameter = originalOf(field);
  const weight = originalOf([layer, "weight"]);
  if (parameter === undefined || weight === undefined) return false;
  if (LAYERS.some((known) => layer instanceof known)) {
    const inputs = weight.shape.slice(1).reduce((product, size) => product * size, 1);
    const bound = 1 / Math.sqrt(inputs);
    nn.init.uniform(parameter, -bound, bound);
    return true;
  }
  if (!NORMS.some((known) => layer instanceof known)) return false;
  nn.init.constant(parameter, name === "weight" ? 1 : 0);
  return true;
}

const LAYERS = [nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d];
const NORMS = [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm];
