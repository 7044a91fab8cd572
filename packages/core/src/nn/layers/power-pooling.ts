import { refuseMore } from "../../errors/refuse-more.js";
import type { tf } from "../../tensor/tf.js";
import { checkLpPoolOptions, lpPool1d, lpPool2d, lpPool3d, type LpPoolOptions } from "../functional/power-pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool, pyNumber, pySize } from "../python-text.js";
import { toLengths, type Size } from "../size.js";

/**
 * The `normType`-norm of each window. x [N, C, L], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LPPool1d(2, 2);
 * console.log(layer.forward(tf.ones([2, 3, 8])).shape); // [2, 3, 4]
 * ```
 */
export class LPPool1d extends Module {
  constructor(
    readonly normType: number,
    readonly kernelSize: Size,
    readonly options: LpPoolOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.LPPool1d", more);
    checkLpPoolOptions("nn.LPPool1d", options);
    toLengths(kernelSize, 1, "kernelSize");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => lpPool1d(x, this.normType, this.kernelSize, this.options));
  }

  override extraRepr(): string {
    return describeLpPool(this);
  }
}

/**
 * The `normType`-norm of each window. x [N, C, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LPPool2d(2, 2);
 * console.log(layer.forward(tf.ones([2, 3, 8, 8])).shape); // [2, 3, 4, 4]
 * ```
 */
export class LPPool2d extends Module {
  constructor(
    readonly normType: number,
    readonly kernelSize: Size,
    readonly options: LpPoolOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.LPPool2d", more);
    checkLpPoolOptions("nn.LPPool2d", options);
    toLengths(kernelSize, 2, "kernelSize");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => lpPool2d(x, this.normType, this.kernelSize, this.options));
  }

  override extraRepr(): string {
    return describeLpPool(this);
  }
}

/**
 * The `normType`-norm of each window. x [N, C, D, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LPPool3d(2, 2);
 * console.log(layer.forward(tf.ones([2, 3, 8, 8, 8])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class LPPool3d extends Module {
  constructor(
    readonly normType: number,
    readonly kernelSize: Size,
    readonly options: LpPoolOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.LPPool3d", more);
    checkLpPoolOptions("nn.LPPool3d", options);
    toLengths(kernelSize, 3, "kernelSize");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => lpPool3d(x, this.normType, this.kernelSize, this.options));
  }

  override extraRepr(): string {
    return describeLpPool(this);
  }
}

function describeLpPool({ normType, kernelSize, options }: LPPool1d): string {
  const { stride, ceilMode = false } = options;
  const windows = `kernel_size=${pySize(kernelSize)}, stride=${pySize(stride)}`;
  return `norm_type=${pyNumber(normType)}, ${windows}, ceil_mode=${pyBool(ceilMode)}`;
}
