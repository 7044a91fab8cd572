import type { nn } from "@lightning-ts/core";
import { sum, type Tensor } from "@tensorflow/tfjs-core";
import { requireFinite } from "../../errors/require-finite.js";

/**
 * Reads a tensor and throws when it has NaN or infinities in it. For `detectAnomaly`. @param position where the run is,
 * for the message
 */
export function checkFinite(what: string, tensor: Tensor, position: string): void {
  const total = sum(tensor);
  const value = Number(total.dataSync()[0]);
  total.dispose();
  requireFinite(what, value, position);
}

/** `checkFinite` for every gradient of a module. */
export function checkGradients(module: nn.Module, position: string): void {
  for (const [name, parameter] of module.namedParameters())
    if (parameter.grad !== null) checkFinite(`gradient of ${name}`, parameter.grad, position);
}
