import { requireTensors } from "../require-tensors.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { refuseMore, refuseMoreUnlessMapped } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { hardsigmoid as hardsigmoidKernel } from "../../kernels/hardsigmoid.js";
import { hardswish as hardswishKernel } from "../../kernels/hardswish.js";
import { hardtanh as hardtanhKernel } from "../../kernels/hardtanh.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

/*
 * Activations made of straight lines. Where two meet, gradients are PyTorch's; NaN stays NaN, because every comparison
 * asks for what is cut off.
 */

export interface HardtanhOptions {
  /** @default -1 */
  readonly minVal?: number | undefined;
  /** @default 1 */
  readonly maxVal?: number | undefined;
}

/** x, but at least minVal and at most maxVal; no gradient from the two on. */
export function hardtanh(x: tf.Tensor, options: HardtanhOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("hardtanh", { x });
  checkOptions("hardtanh", options, ["minVal", "maxVal"]);
  refuseMore("hardtanh", more);
  checkFloats("hardtanh", { x });
  const { minVal = -1, maxVal = 1 } = options;
  if (minVal > maxVal)
    throw new MisconfigurationError({
      message: "hardtanh: minVal is above maxVal.",
      expected: "minVal <= maxVal",
      received: `${minVal} and ${maxVal}`,
    });
  return runFusedSingle(hardtanhKernel, { x }, { minVal, maxVal });
}

/** x, but at least 0 and at most 6. */
export function relu6(x: tf.Tensor): tf.Tensor;
export function relu6(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("relu6", { x });
  refuseMoreUnlessMapped("relu6", more);
  return hardtanh(x, { minVal: 0, maxVal: 6 });
}

/** (x + 3) / 6, but at least 0 and at most 1. */
export function hardsigmoid(x: tf.Tensor): tf.Tensor;
export function hardsigmoid(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("hardsigmoid", { x });
  refuseMoreUnlessMapped("hardsigmoid", more);
  checkFloats("hardsigmoid", { x });
  return runFusedSingle(hardsigmoidKernel, { x }, {});
}

/** x · hardsigmoid(x). */
export function hardswish(x: tf.Tensor): tf.Tensor;
export function hardswish(x: tf.Tensor, ...more: readonly unknown[]): tf.Tensor {
  requireTensors("hardswish", { x });
  refuseMoreUnlessMapped("hardswish", more);
  checkFloats("hardswish", { x });
  return runFusedSingle(hardswishKernel, { x }, {});
}

/** 0 where |x| is at most lambd, else x. @param lambd @default 0.5 */
export function hardshrink(x: tf.Tensor, given?: NumberOr<"lambd">, ...more: readonly never[]): tf.Tensor {
  requireTensors("hardshrink", { x });
  refuseMore("hardshrink", more);
  const lambd = namedOrFirst("hardshrink", given, "lambd", 0.5);
  checkFloats("hardshrink", { x });
  return tf.where(tf.lessEqual(tf.abs(x), lambd), tf.zerosLike(x), x);
}

/** x moved towards 0 by lambd, and 0 where |x| is at most lambd. @param lambd @default 0.5 */
export function softshrink(x: tf.Tensor, given?: NumberOr<"lambd">, ...more: readonly never[]): tf.Tensor {
  requireTensors("softshrink", { x });
  refuseMore("softshrink", more);
  const lambd = namedOrFirst("softshrink", given, "lambd", 0.5);
  checkFloats("softshrink", { x });
  return tf.where(tf.lessEqual(tf.abs(x), lambd), tf.zerosLike(x), tf.sub(x, tf.mul(tf.sign(x), lambd)));
}

/** x where it is above the threshold, else value. */
export function threshold(x: tf.Tensor, limit: number, value: number, ...more: readonly never[]): tf.Tensor {
  requireTensors("threshold", { x });
  refuseMore("threshold", more);
  checkFloats("threshold", { x });
  return tf.where(tf.lessEqual(x, limit), tf.fill(x.shape, value), x);
}

/** x where it is positive, else weight · x. @param weight [1], or one number for each channel of x [N, C, ...] */
export function prelu(x: tf.Tensor, weight: tf.Tensor, ...more: readonly never[]): tf.Tensor {
  requireTensors("prelu", { x, weight });
  refuseMore("prelu", more);
  checkFloats("prelu", { x, weight });
  if (weight.size !== 1 && weight.size !== x.shape[1])
    throw new ShapeError({
      message: "prelu: there is not one slope for each channel.",
      expected: `[N, ${weight.size}, ...] for ${weight.size} slopes`,
      received: formatShape(x.shape),
      shapes: [x.shape, weight.shape],
    });
  const slopes =
    weight.size === 1 ? tf.reshape(weight, []) : tf.reshape(weight, [-1, ...x.shape.slice(2).map(() => 1)]);
  return tf.where(tf.greater(x, 0), x, tf.mul(x, slopes));
}
