import { refuseMore } from "../../errors/refuse-more.js";
import type { tf } from "../../tensor/tf.js";
import {
  checkMaxPoolOptions,
  maxPoolNd,
  type MaxPoolOptions,
  type ValuesAndIndices,
} from "../functional/max-pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool, pySize } from "../python-text.js";
import { toLengths, type Size } from "../size.js";

/** What the max pools share. */
export class MaxPool<TReturnsIndices extends boolean> extends Module {
  readonly #dimensions: number;

  constructor(
    dimensions: number,
    readonly kernelSize: Size,
    readonly options: MaxPoolOptions<TReturnsIndices>,
  ) {
    super();
    this.#dimensions = dimensions;
    checkMaxPoolOptions(`nn.MaxPool${dimensions}d`, options);
    toLengths(kernelSize, dimensions, "kernelSize");
  }

  override forward(this: MaxPool<true>, x: tf.Tensor): ValuesAndIndices;
  override forward(x: tf.Tensor): tf.Tensor;
  override forward(x: tf.Tensor): tf.Tensor | ValuesAndIndices {
    return inLayer(this, x, () => maxPoolNd(x, this.kernelSize, this.options, this.#dimensions));
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    const windows = `kernel_size=${pySize(this.kernelSize)}, stride=${pySize(stride)}, padding=${pySize(padding)}`;
    return `${windows}, dilation=${pySize(dilation)}, ceil_mode=${pyBool(ceilMode)}`;
  }
}

/**
 * Largest value of each window, with `returnIndices` also its place. x [N, C, L], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.MaxPool1d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8])).shape); // [2, 3, 4]
 * ```
 */
export class MaxPool1d<TReturnsIndices extends boolean = false> extends MaxPool<TReturnsIndices> {
  constructor(kernelSize: Size, options: MaxPoolOptions<TReturnsIndices> = {}, ...more: readonly never[]) {
    super(1, kernelSize, options);
    refuseMore("nn.MaxPool1d", more);
  }
}

/**
 * Largest value of each window, with `returnIndices` also its place. x [N, C, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.MaxPool2d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8])).shape); // [2, 3, 4, 4]
 * ```
 */
export class MaxPool2d<TReturnsIndices extends boolean = false> extends MaxPool<TReturnsIndices> {
  constructor(kernelSize: Size, options: MaxPoolOptions<TReturnsIndices> = {}, ...more: readonly never[]) {
    super(2, kernelSize, options);
    refuseMore("nn.MaxPool2d", more);
  }
}

/**
 * Largest value of each window, with `returnIndices` also its place. x [N, C, D, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.MaxPool3d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8, 8])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class MaxPool3d<TReturnsIndices extends boolean = false> extends MaxPool<TReturnsIndices> {
  constructor(kernelSize: Size, options: MaxPoolOptions<TReturnsIndices> = {}, ...more: readonly never[]) {
    super(3, kernelSize, options);
    refuseMore("nn.MaxPool3d", more);
  }
}
