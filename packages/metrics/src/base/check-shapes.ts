import { MisconfigurationError, type tf } from "@lightning-ts/core";
import { requireTensors } from "./require-tensors.js";

/** @throws MisconfigurationError that names both shapes, where they differ */
export function requireSameShape(metric: string, preds: tf.Tensor, target: tf.Tensor): void {
  requireTensors(metric, preds, target);
  if (preds.rank === target.rank && preds.shape.every((length, i) => length === target.shape[i])) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} compares predictions and targets element by element, and their shapes differ.`,
    expected: "both of the same shape",
    received: `predictions [${preds.shape.join(", ")}] and targets [${target.shape.join(", ")}]`,
  });
}
