import { refuseMore } from "../../errors/refuse-more.js";
import type { tf } from "../../tensor/tf.js";
import {
  checkFractionalOptions,
  fractionalMaxPoolNd,
  type FractionalMaxPoolOptions,
} from "../functional/fractional-max-pooling.js";
import type { ValuesAndIndices } from "../functional/max-pooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import type { Size } from "../size.js";

/** What the fractional max pools share. */
class FractionalMaxPool<TReturnsIndices extends boolean> extends Module {
  readonly #dimensions: number;

  constructor(
    dimensions: number,
    readonly kernelSize: Size,
    readonly options: FractionalMaxPoolOptions<TReturnsIndices>,
  ) {
    super();
    this.#dimensions = dimensions;
    checkFractionalOptions(`nn.FractionalMaxPool${dimensions}d`, options, dimensions);
    if (options.randomSamples !== undefined) this.registerBuffer("_random_samples", options.randomSamples);
  }

  override forward(this: FractionalMaxPool<true>, x: tf.Tensor): ValuesAndIndices;
  override forward(x: tf.Tensor): tf.Tensor;
  override forward(x: tf.Tensor): tf.Tensor | ValuesAndIndices {
    const samples = this.namedBuffers().map(([, buffer]) => buffer)[0];
    const options = samples === undefined ? this.options : { ...this.options, randomSamples: samples };
    return inLayer(this, x, () => fractionalMaxPoolNd(x, this.kernelSize, options, this.#dimensions));
  }
}

/**
 * Largest value of each window, where windows lie at random so that the result has any size. x [N, C, H, W], or without
 * N; in evaluation too, as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.FractionalMaxPool2d(2, { outputRatio: 0.7 });
 * console.log(layer.forward(tf.zeros([2, 3, 10, 10])).shape); // [2, 3, 7, 7]
 * ```
 */
export class FractionalMaxPool2d<TReturnsIndices extends boolean = false> extends FractionalMaxPool<TReturnsIndices> {
  constructor(kernelSize: Size, options: FractionalMaxPoolOptions<TReturnsIndices>, ...more: readonly never[]) {
    super(2, kernelSize, options);
    refuseMore("nn.FractionalMaxPool2d", more);
  }
}

/**
 * Largest value of each window, where windows lie at random so that the result has any size. x [N, C, D, H, W], or
 * without N; in evaluation too, as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.FractionalMaxPool3d(2, { outputSize: [3, 4, 5] });
 * console.log(layer.forward(tf.zeros([2, 3, 6, 6, 8])).shape); // [2, 3, 3, 4, 5]
 * ```
 */
export class FractionalMaxPool3d<TReturnsIndices extends boolean = false> extends FractionalMaxPool<TReturnsIndices> {
  constructor(kernelSize: Size, options: FractionalMaxPoolOptions<TReturnsIndices>, ...more: readonly never[]) {
    super(3, kernelSize, options);
    refuseMore("nn.FractionalMaxPool3d", more);
  }
}
