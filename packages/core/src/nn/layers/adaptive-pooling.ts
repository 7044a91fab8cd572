import type { tf } from "../../tensor/tf.js";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPoolNd,
  checkAdaptiveSize,
  type AdaptiveMaxOptions,
  type AdaptiveSize,
} from "../functional/adaptive-pooling.js";
import { checkOptions } from "../check-options.js";
import type { ValuesAndIndices } from "../functional/max-pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { pySize } from "../python-text.js";

/** What the adaptive max pools share. */
export class AdaptiveMaxPool<TReturnsIndices extends boolean> extends Module {
  readonly #dimensions: number;

  constructor(
    dimensions: number,
    readonly outputSize: AdaptiveSize,
    readonly options: AdaptiveMaxOptions<TReturnsIndices>,
  ) {
    super();
    this.#dimensions = dimensions;
    checkOptions(`nn.AdaptiveMaxPool${dimensions}d`, options, ["returnIndices"]);
    checkAdaptiveSize(outputSize, dimensions);
  }

  override forward(this: AdaptiveMaxPool<true>, x: tf.Tensor): ValuesAndIndices;
  override forward(x: tf.Tensor): tf.Tensor;
  override forward(x: tf.Tensor): tf.Tensor | ValuesAndIndices {
    return inLayer(this, x, () => adaptiveMaxPoolNd(x, this.outputSize, this.options, this.#dimensions));
  }

  override extraRepr(): string {
    return `output_size=${pySize(this.outputSize)}`;
  }
}

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
  constructor(
    readonly outputSize: AdaptiveSize,
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.AdaptiveAvgPool1d", more);
    checkAdaptiveSize(outputSize, 1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveAvgPool1d(x, this.outputSize));
  }

  override extraRepr(): string {
    return `output_size=${pySize(this.outputSize)}`;
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
  constructor(
    readonly outputSize: AdaptiveSize,
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.AdaptiveAvgPool2d", more);
    checkAdaptiveSize(outputSize, 2);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveAvgPool2d(x, this.outputSize));
  }

  override extraRepr(): string {
    return `output_size=${pySize(this.outputSize)}`;
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
  constructor(
    readonly outputSize: AdaptiveSize,
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.AdaptiveAvgPool3d", more);
    checkAdaptiveSize(outputSize, 3);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => adaptiveAvgPool3d(x, this.outputSize));
  }

  override extraRepr(): string {
    return `output_size=${pySize(this.outputSize)}`;
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
export class AdaptiveMaxPool1d<TReturnsIndices extends boolean = false> extends AdaptiveMaxPool<TReturnsIndices> {
  constructor(outputSize: AdaptiveSize, options: AdaptiveMaxOptions<TReturnsIndices> = {}, ...more: readonly never[]) {
    super(1, outputSize, options);
    refuseMore("nn.AdaptiveMaxPool1d", more);
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
export class AdaptiveMaxPool2d<TReturnsIndices extends boolean = false> extends AdaptiveMaxPool<TReturnsIndices> {
  constructor(outputSize: AdaptiveSize, options: AdaptiveMaxOptions<TReturnsIndices> = {}, ...more: readonly never[]) {
    super(2, outputSize, options);
    refuseMore("nn.AdaptiveMaxPool2d", more);
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
export class AdaptiveMaxPool3d<TReturnsIndices extends boolean = false> extends AdaptiveMaxPool<TReturnsIndices> {
  constructor(outputSize: AdaptiveSize, options: AdaptiveMaxOptions<TReturnsIndices> = {}, ...more: readonly never[]) {
    super(3, outputSize, options);
    refuseMore("nn.AdaptiveMaxPool3d", more);
  }
}
