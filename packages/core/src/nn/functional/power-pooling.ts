import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { volume } from "../../kernels/conv-shapes.js";
import { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { avgPoolNd } from "./avg-pooling.js";
import { checkFloats } from "./check-dtype.js";

export interface LpPoolOptions {
  /** @default the kernel size */
  readonly stride?: Size | undefined;
  /** Whether the last window may reach over the end. @default false */
  readonly ceilMode?: boolean | undefined;
}

/** @throws MisconfigurationError for an option that power-average pools do not have */
export function checkLpPoolOptions(owner: string, options: LpPoolOptions): void {
  checkOptions(owner, options, ["stride", "ceilMode"]);
}

/** The `normType`-norm of each window. x [N, C, L] or [C, L]. @throws ShapeError */
export function lpPool1d(
  x: tf.Tensor,
  normType: number,
  kernelSize: Size,
  options: LpPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("lpPool1d", { x });
  refuseMore("lpPool1d", more);
  return lpPoolNd(x, normType, { kernelSize, ...options }, 1);
}

/** The `normType`-norm of each window. x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function lpPool2d(
  x: tf.Tensor,
  normType: number,
  kernelSize: Size,
  options: LpPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("lpPool2d", { x });
  refuseMore("lpPool2d", more);
  return lpPoolNd(x, normType, { kernelSize, ...options }, 2);
}

/** The `normType`-norm of each window. x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function lpPool3d(
  x: tf.Tensor,
  normType: number,
  kernelSize: Size,
  options: LpPoolOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("lpPool3d", { x });
  refuseMore("lpPool3d", more);
  return lpPoolNd(x, normType, { kernelSize, ...options }, 3);
}

/** As in PyTorch, powers are of the elements themselves, and a sum below zero counts as its magnitude. */
function lpPoolNd(
  x: tf.Tensor,
  normType: number,
  { kernelSize, ...options }: LpPoolOptions & { readonly kernelSize: Size },
  dimensions: number,
): tf.Tensor {
  checkLpPoolOptions(`lpPool${dimensions}d`, options);
  checkFloats(`lpPool${dimensions}d`, { input: x });
  const averages = avgPoolNd(tf.pow(x, normType), kernelSize, options, dimensions);
  const magnitudes = tf.mul(tf.sign(averages), tf.relu(tf.abs(averages)));
  return tf.pow(tf.mul(magnitudes, volume(toLengths(kernelSize, dimensions, "kernelSize"))), 1 / normType);
}
