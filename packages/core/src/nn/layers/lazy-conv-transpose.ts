import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import type { Module } from "../module.js";
import type { Size } from "../size.js";
import {
  CONV_TRANSPOSE_LAYER_OPTIONS,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
} from "./convolution.js";
import { channelsOf, completeLayer, forgetSize } from "./lazy-layer.js";

/**
 * A `ConvTranspose1d` whose `inChannels` are those of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyConvTranspose1d(8, 3);
 * console.log(layer.forward(tf.zeros([4, 3, 16])).shape); // [4, 8, 18]
 * console.log(layer.inChannels); // 3
 * ```
 */
export class LazyConvTranspose1d extends ConvTranspose1d {
  readonly #create: (inChannels: number) => Module;

  constructor(
    outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions = {},
    ...more: readonly never[]
  ) {
    checkOptions("nn.LazyConvTranspose1d", options, CONV_TRANSPOSE_LAYER_OPTIONS);
    super(options.groups ?? 1, outChannels, kernelSize, options);
    refuseMore("nn.LazyConvTranspose1d", more);
    this.#create = (inChannels) => new ConvTranspose1d(inChannels, outChannels, kernelSize, options);
    forgetSize(this, "inChannels");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inChannels",
      sizeOf: channelsOf("convTranspose", 1),
      becomes: ConvTranspose1d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * A `ConvTranspose2d` whose `inChannels` are those of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyConvTranspose2d(8, 3);
 * console.log(layer.forward(tf.zeros([4, 3, 8, 8])).shape); // [4, 8, 10, 10]
 * console.log(layer.inChannels); // 3
 * ```
 */
export class LazyConvTranspose2d extends ConvTranspose2d {
  readonly #create: (inChannels: number) => Module;

  constructor(
    outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions = {},
    ...more: readonly never[]
  ) {
    checkOptions("nn.LazyConvTranspose2d", options, CONV_TRANSPOSE_LAYER_OPTIONS);
    super(options.groups ?? 1, outChannels, kernelSize, options);
    refuseMore("nn.LazyConvTranspose2d", more);
    this.#create = (inChannels) => new ConvTranspose2d(inChannels, outChannels, kernelSize, options);
    forgetSize(this, "inChannels");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inChannels",
      sizeOf: channelsOf("convTranspose", 2),
      becomes: ConvTranspose2d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * A `ConvTranspose3d` whose `inChannels` are those of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyConvTranspose3d(8, 3);
 * console.log(layer.forward(tf.zeros([2, 3, 6, 6, 6])).shape); // [2, 8, 8, 8, 8]
 * console.log(layer.inChannels); // 3
 * ```
 */
export class LazyConvTranspose3d extends ConvTranspose3d {
  readonly #create: (inChannels: number) => Module;

  constructor(
    outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions = {},
    ...more: readonly never[]
  ) {
    checkOptions("nn.LazyConvTranspose3d", options, CONV_TRANSPOSE_LAYER_OPTIONS);
    super(options.groups ?? 1, outChannels, kernelSize, options);
    refuseMore("nn.LazyConvTranspose3d", more);
    this.#create = (inChannels) => new ConvTranspose3d(inChannels, outChannels, kernelSize, options);
    forgetSize(this, "inChannels");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inChannels",
      sizeOf: channelsOf("convTranspose", 3),
      becomes: ConvTranspose3d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}
