import type { tf } from "../../tensor/tf.js";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type AdaptiveSize,
} from "../functional/adaptive-pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";

/**
 * Averages so that the result has `outputSize`, whatever the input's size. x [N, C, L]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.AdaptiveAvgPool1d(5);
 * console.log(layer.forward(tf.zeros([2, 8, 10])).shape); // [2, 8, 5]
 * ```
 */
export class AdaptiveAvgPool1d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveAvgPool1d(x, this.outputSize));
  }
}

/**
 * Averages so that the result has `outputSize`, whatever the input's size. x [N, C, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AdaptiveAvgPool2d(1);
 * console.log(layer.forward(tf.zeros([2, 64, 7, 7])).shape); // [2, 64, 1, 1]
 * ```
 */
export class AdaptiveAvgPool2d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveAvgPool2d(x, this.outputSize));
  }
}

/**
 * Averages so that the result has `outputSize`, whatever the input's size. x [N, C, D, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.AdaptiveAvgPool3d(5);
 * console.log(layer.forward(tf.zeros([2, 8, 10, 10, 10])).shape); // [2, 8, 5, 5, 5]
 * ```
 */
export class AdaptiveAvgPool3d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveAvgPool3d(x, this.outputSize));
  }
}

/**
 * Takes largest values so that the result has `outputSize`, whatever the input's size. x [N, C, L]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.AdaptiveMaxPool1d(5);
 * console.log(layer.forward(tf.zeros([2, 8, 10])).shape); // [2, 8, 5]
 * ```
 */
export class AdaptiveMaxPool1d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveMaxPool1d(x, this.outputSize));
  }
}

/**
 * Takes largest values so that the result has `outputSize`, whatever the input's size. x [N, C, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.AdaptiveMaxPool2d(5);
 * console.log(layer.forward(tf.zeros([2, 8, 10, 10])).shape); // [2, 8, 5, 5]
 * ```
 */
export class AdaptiveMaxPool2d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveMaxPool2d(x, this.outputSize));
  }
}

/**
 * Takes largest values so that the result has `outputSize`, whatever the input's size. x [N, C, D, H, W]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.AdaptiveMaxPool3d(5);
 * console.log(layer.forward(tf.zeros([2, 8, 10, 10, 10])).shape); // [2, 8, 5, 5, 5]
 * ```
 */
export class AdaptiveMaxPool3d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveMaxPool3d(x, this.outputSize));
  }
}
