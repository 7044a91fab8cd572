import { MisconfigurationError, tf } from "@lightning-ts/core";
import { requireOneOf } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";
import type { RowReduction } from "../base/row-values.js";

/** How several values become one; "none" gives each of them. */
export type ImageReduction = "elementwise_mean" | "sum" | "none";
const REDUCTIONS: readonly ImageReduction[] = ["elementwise_mean", "sum", "none"];

export function requireImageReduction(owner: string, reduction: ImageReduction): void {
  requireOneOf(owner, "reduction", reduction, REDUCTIONS);
}

export function asRowReduction(reduction: ImageReduction): RowReduction {
  return reduction === "elementwise_mean" ? "mean" : reduction;
}

/** The least and the largest value that there can be, or how far they are apart. */
export type DataRange = number | readonly [number, number];

/** Values outside of the range are its ends. */
export function inRange(x: tf.Tensor, range: DataRange | undefined): tf.Tensor {
  return range === undefined || typeof range === "number" ? x : tf.clipByValue(x, range[0], range[1]);
}

export function widthOf(range: DataRange): number {
  return typeof range === "number" ? range : range[1] - range[0];
}

/** @throws MisconfigurationError unless both are float32 [batch, channels, …] of one shape */
export function requireImages(metric: string, preds: tf.Tensor, target: tf.Tensor, ranks: readonly number[]): void {
  requireSameShape(metric, preds, target);
  if (ranks.includes(preds.rank) && preds.dtype === "float32" && target.dtype === "float32") return;
  const shapes = ranks.map((rank) =>
    rank === 5 ? "[batch, channels, depth, height, width]" : "[batch, channels, height, width]",
  );
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} compares images.`,
    expected: `float32 ${shapes.join(" or ")}`,
    received: `${preds.dtype} and ${target.dtype} [${preds.shape.join(", ")}]`,
  });
}
