import { MisconfigurationError, type tf } from "@lightning-ts/core";
import { requireSameShape } from "../base/check-shapes.js";

/** @throws MisconfigurationError unless both are [rows, columns], of one shape */
export function requireVectors(metric: string, a: tf.Tensor, b: tf.Tensor): void {
  requireSameShape(metric, a, b);
  if (a.rank === 2) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} compares the rows of two tables.`,
    expected: "shape [rows, columns]",
    received: `shape [${a.shape.join(", ")}]`,
  });
}
