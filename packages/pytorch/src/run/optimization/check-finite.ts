import { LightningError, type nn } from "@lightning-ts/core";
import { sum, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Reads a tensor and throws when it has NaN or infinities in it. For `detectAnomaly`. @param position where the run is,
 * for the message
 */
export function checkFinite(what: string, tensor: Tensor, position: string): void {
  const total = sum(tensor);
  const value = Number(total.dataSync()[0]);
  total.dispose();
  if (Number.isFinite(value)) return;
  throw new LightningError({
    code: "LIT_ANOMALY",
    message: `The ${what} is not finite at ${position}.`,
    received: String(value),
    tryThis: "a smaller learning rate, gradientClipVal, or look for log(0) and divisions by zero.",
  });
}

/** `checkFinite` for every gradient of a module. */
export function checkGradients(module: nn.Module, position: string): void {
  for (const [name, parameter] of module.namedParameters())
    if (parameter.grad !== null) checkFinite(`gradient of ${name}`, parameter.grad, position);
}
