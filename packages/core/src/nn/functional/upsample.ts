import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { interpolate, type InterpolateOptions } from "./interpolate.js";

/** What PyTorch's older names of `interpolate` take. */
export type UpsampleOptions = Pick<InterpolateOptions, "size" | "scaleFactor" | "mode" | "alignCorners">;

/** PyTorch's older name of `interpolate`. @throws MisconfigurationError; ShapeError */
export function upsample(x: tf.Tensor, options: UpsampleOptions, ...more: readonly never[]): tf.Tensor {
  requireTensors("upsample", { x });
  checkOptions("upsample", options, ["size", "scaleFactor", "mode", "alignCorners"]);
  refuseMore("upsample", more);
  return interpolate(x, options);
}

/** `interpolate` with mode "nearest". @throws MisconfigurationError; ShapeError */
export function upsampleNearest(
  x: tf.Tensor,
  options: Pick<UpsampleOptions, "size" | "scaleFactor">,
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("upsampleNearest", { x });
  checkOptions("upsampleNearest", options, ["size", "scaleFactor"]);
  refuseMore("upsampleNearest", more);
  return interpolate(x, { ...options, mode: "nearest" });
}

/** `interpolate` with mode "bilinear" and `alignCorners`. @throws MisconfigurationError; ShapeError */
export function upsampleBilinear(
  x: tf.Tensor,
  options: Pick<UpsampleOptions, "size" | "scaleFactor">,
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("upsampleBilinear", { x });
  checkOptions("upsampleBilinear", options, ["size", "scaleFactor"]);
  refuseMore("upsampleBilinear", more);
  return interpolate(x, { ...options, mode: "bilinear", alignCorners: true });
}
