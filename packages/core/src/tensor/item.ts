import type { Tensor } from "@tensorflow/tfjs-core";
import { LightningError } from "../errors/lightning-error.js";

/**
 * The value of a tensor with one element, read synchronously (on a lazy backend this runs what was recorded).
 * @throws LightningError for another number of elements
 */
export function item(tensor: Tensor): number {
  if (tensor.size !== 1) {
    throw new LightningError({
      code: "LIT_NOT_A_SCALAR",
      message: "item() reads a tensor with exactly one element.",
      expected: "shape [] or [1]",
      received: `shape [${tensor.shape.join(", ")}]`,
      tryThis: "reduce it first, e.g. tensor.mean(), or read all values with tensor.data().",
    });
  }
  return Number(tensor.dataSync()[0]);
}
