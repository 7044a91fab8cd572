import { refuseMore } from "../../errors/refuse-more.js";
import type { tf } from "../../tensor/tf.js";
import { avgPoolNd, checkAvgPoolOptions, type AvgPoolOptions } from "../functional/avg-pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pySize, pyTuple } from "../python-text.js";
import { toLengths, type Size } from "../size.js";

/** What the average pools share. */
export class AvgPool extends Module {
  readonly #dimensions: number;

  constructor(
    dimensions: number,
    readonly kernelSize: Size,
    readonly options: AvgPoolOptions,
  ) {
    super();
    this.#dimensions = dimensions;
    checkAvgPoolOptions(`nn.AvgPool${dimensions}d`, options, dimensions);
    toLengths(kernelSize, dimensions, "kernelSize");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => avgPoolNd(x, this.kernelSize, this.options, this.#dimensions));
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    const asText = (size: Size): string =>
      this.#dimensions === 1 ? pyTuple(toLengths(size, 1, "size", 0)) : pySize(size);
    return `kernel_size=${asText(this.kernelSize)}, stride=${asText(stride)}, padding=${asText(padding)}`;
  }
}

/**
 * Average of each window. x [N, C, L], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AvgPool1d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8])).shape); // [2, 3, 4]
 * ```
 */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: Size, options: AvgPoolOptions = {}, ...more: readonly never[]) {
    super(1, kernelSize, options);
    refuseMore("nn.AvgPool1d", more);
  }
}

/**
 * Average of each window. x [N, C, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AvgPool2d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8])).shape); // [2, 3, 4, 4]
 * ```
 */
export class AvgPool2d extends AvgPool {
  constructor(kernelSize: Size, options: AvgPoolOptions = {}, ...more: readonly never[]) {
    super(2, kernelSize, options);
    refuseMore("nn.AvgPool2d", more);
  }
}

/**
 * Average of each window. x [N, C, D, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AvgPool3d(2);
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8, 8])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class AvgPool3d extends AvgPool {
  constructor(kernelSize: Size, options: AvgPoolOptions = {}, ...more: readonly never[]) {
    super(3, kernelSize, options);
    refuseMore("nn.AvgPool3d", more);
  }
}
