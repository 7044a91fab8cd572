import { MisconfigurationError, tf } from "@lightning-ts/core";
import { requireSameShape } from "../base/check-shapes.js";

/**
 * Rows of predictions and targets for each of the outputs.
 * @throws MisconfigurationError unless both are [rows] for one output, or [rows, numOutputs]
 */
export function requireColumns(metric: string, preds: tf.Tensor, target: tf.Tensor, numOutputs: number): void {
  requireSameShape(metric, preds, target);
  const isRight = numOutputs === 1 && preds.rank === 1 ? true : preds.rank === 2 && preds.shape[1] === numOutputs;
  if (isRight) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} has one value for each column, and was made for ${numOutputs}.`,
    expected: numOutputs === 1 ? "shape [rows] or [rows, 1]" : `shape [rows, ${numOutputs}]`,
    received: `shape [${preds.shape.join(", ")}]`,
    tryThis: "numOutputs, the number of columns.",
  });
}

/** How many columns a functional form is given. */
export function columnsOf(preds: tf.Tensor): number {
  return preds.rank < 2 ? 1 : (preds.shape[1] ?? 1);
}

/** [rows, columns], one column where there was no such dimension. */
export function asColumns(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [x.shape[0] ?? 1, columnsOf(x)]);
}

/** A single number without dimensions, as one output gives; several as they are. */
export function squeezed(x: tf.Tensor): tf.Tensor {
  return x.size === 1 ? tf.reshape(x, []) : x;
}
