import type { tf } from "../../tensor/tf.js";
import {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  maxPool1d,
  maxPool2d,
  checkAvgPoolOptions,
  checkMaxPoolOptions,
  maxPool3d,
  type AvgPoolOptions,
  type MaxPoolOptions,
} from "../functional/pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import type { Size } from "../size.js";

/**
 * Largest value of each window. x [N, C, L]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.MaxPool1d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8])).shape); // [2, 3, 4]
 * ```
 */
export class MaxPool1d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: MaxPoolOptions = {},
  ) {
    super();
    checkMaxPoolOptions("nn.MaxPool1d", options);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => maxPool1d(x, this.kernelSize, this.options));
  }
}

/**
 * Largest value of each window. x [N, C, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.MaxPool2d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8])).shape); // [2, 3, 4, 4]
 * ```
 */
export class MaxPool2d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: MaxPoolOptions = {},
  ) {
    super();
    checkMaxPoolOptions("nn.MaxPool2d", options);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => maxPool2d(x, this.kernelSize, this.options));
  }
}

/**
 * Average of each window. x [N, C, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AvgPool2d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8])).shape); // [2, 3, 4, 4]
 * ```
 */
export class AvgPool2d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: AvgPoolOptions = {},
  ) {
    super();
    checkAvgPoolOptions("nn.AvgPool2d", options);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => avgPool2d(x, this.kernelSize, this.options));
  }
}

/**
 * Largest value of each window. x [N, C, D, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.MaxPool3d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8, 8])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class MaxPool3d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: MaxPoolOptions = {},
  ) {
    super();
    checkMaxPoolOptions("nn.MaxPool3d", options);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => maxPool3d(x, this.kernelSize, this.options));
  }
}

/**
 * Average of each window. x [N, C, L]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AvgPool1d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8])).shape); // [2, 3, 4]
 * ```
 */
export class AvgPool1d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: AvgPoolOptions = {},
  ) {
    super();
    checkAvgPoolOptions("nn.AvgPool1d", options);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => avgPool1d(x, this.kernelSize, this.options));
  }
}

/**
 * Average of each window. x [N, C, D, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AvgPool3d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8, 8])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class AvgPool3d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: AvgPoolOptions = {},
  ) {
    super();
    checkAvgPoolOptions("nn.AvgPool3d", options);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => avgPool3d(x, this.kernelSize, this.options));
  }
}
