import { MisconfigurationError, type tf } from "@lightning-ts/core";
import { requireTensors } from "../base/require-tensors.js";

/** What was found for one query, the best first. */
export interface RankedQuery {
  readonly preds: readonly number[];
  readonly target: readonly number[];
}

/** Equal predictions stay in the order in which they came. */
export function ranked(preds: readonly number[], target: readonly number[]): RankedQuery {
  const order = preds.map((_, i) => i).toSorted((a, b) => (preds[b] ?? 0) - (preds[a] ?? 0) || a - b);
  return { preds: order.map((i) => preds[i] ?? 0), target: order.map((i) => target[i] ?? 0) };
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** @throws MisconfigurationError unless all are of one shape, and of types that can be ranked */
export function requireFound(metric: string, preds: tf.Tensor, target: tf.Tensor, indexes?: tf.Tensor): void {
  requireTensors(metric, preds, target, ...(indexes === undefined ? [] : [indexes]));
  const described = (x: tf.Tensor): string => `${x.dtype} [${x.shape.join(", ")}]`;
  const isOfOneShape = [target, indexes ?? preds].every((x) => x.shape.join() === preds.shape.join());
  const isRight = isOfOneShape && preds.size > 0 && preds.rank > 0 && preds.dtype === "float32";
  if (isRight && (indexes === undefined || indexes.dtype === "int32")) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} ranks what was found by its predictions.`,
    expected: `float32 predictions, targets${indexes === undefined ? "" : ", and int32 indexes of queries"}, all of one shape that is not empty`,
    received: `predictions ${described(preds)}, targets ${described(target)}${indexes === undefined ? "" : `, indexes ${described(indexes)}`}`,
  });
}

/** @throws MisconfigurationError for a target that is neither 0 nor 1, where others mean nothing */
export function requireBinary(metric: string, target: readonly number[]): void {
  const other = target.find((value) => value < 0 || value > 1);
  if (other === undefined) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} asks of each thing found whether it is relevant.`,
    expected: "targets of 0 and 1",
    received: String(other),
    tryThis: "RetrievalNormalizedDCG for degrees of relevance.",
  });
}
