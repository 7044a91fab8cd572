import { MisconfigurationError, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireSameShape } from "../base/check-shapes.js";
import { asColumns } from "./columns.js";
import { partsOf } from "../base/parts-of.js";

/** What errors are compared with the variance of targets by; each is [columns]. */
export interface SquaredSums {
  readonly squares: tf.Tensor;
  readonly sum: tf.Tensor;
  readonly errors: tf.Tensor;
  readonly count: tf.Tensor;
}

/** @throws MisconfigurationError unless both are [rows] or [rows, columns], and of one shape */
export function requireTable(metric: string, preds: tf.Tensor, target: tf.Tensor): void {
  requireSameShape(metric, preds, target);
  if (preds.rank === 1 || preds.rank === 2) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} looks at each column of a table.`,
    expected: "shape [rows] or [rows, columns]",
    received: `shape [${preds.shape.join(", ")}]`,
  });
}

/** The sums of a batch, [1, 4, columns]. */
export function squaredSumsOf(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const wanted = asColumns(asFloats(target));
  const errors = tf.sum(tf.square(tf.sub(wanted, asColumns(asFloats(preds)))), 0);
  const count = tf.fill([wanted.shape[1]], wanted.shape[0]);
  return tf.expandDims(tf.stack([tf.sum(tf.square(wanted), 0), tf.sum(wanted, 0), errors, count]), 0);
}

/** @param batches [batches, 4, columns] */
export function totalsOf(batches: tf.Tensor): SquaredSums {
  const part = partsOf(tf.sum(batches, 0));
  const [squares, sum, errors, count] = [part(0), part(1), part(2), part(3)];
  return { squares, sum, errors, count };
}
