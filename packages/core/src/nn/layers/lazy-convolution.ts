import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import type { Module } from "../module.js";
import type { Size } from "../size.js";
import { CONV_LAYER_OPTIONS, Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./convolution.js";
import { channelsOf, completeLayer, forgetSize } from "./lazy-layer.js";

/**
 * A `Conv1d` whose `inChannels` are those of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyConv1d(8, 3);
 * console.log(layer.forward(tf.zeros([4, 3, 16])).shape); // [4, 8, 14]
 * console.log(layer.inChannels); // 3
 * ```
 */
export class LazyConv1d extends Conv1d {
  readonly #create: (inChannels: number) => Module;

  constructor(outChannels: number, kernelSize: Size, options: ConvLayerOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyConv1d", options, CONV_LAYER_OPTIONS);
    super(options.groups ?? 1, outChannels, kernelSize, options);
    refuseMore("nn.LazyConv1d", more);
    this.#create = (inChannels) => new Conv1d(inChannels, outChannels, kernelSize, options);
    forgetSize(this, "inChannels");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inChannels",
      sizeOf: channelsOf("conv", 1),
      becomes: Conv1d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * A `Conv2d` whose `inChannels` are those of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyConv2d(8, 3);
 * console.log(layer.forward(tf.zeros([4, 3, 8, 8])).shape); // [4, 8, 6, 6]
 * console.log(layer.inChannels); // 3
 * ```
 */
export class LazyConv2d extends Conv2d {
  readonly #create: (inChannels: number) => Module;

  constructor(outChannels: number, kernelSize: Size, options: ConvLayerOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyConv2d", options, CONV_LAYER_OPTIONS);
    super(options.groups ?? 1, outChannels, kernelSize, options);
    refuseMore("nn.LazyConv2d", more);
    this.#create = (inChannels) => new Conv2d(inChannels, outChannels, kernelSize, options);
    forgetSize(this, "inChannels");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inChannels",
      sizeOf: channelsOf("conv", 2),
      becomes: Conv2d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * A `Conv3d` whose `inChannels` are those of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyConv3d(8, 3);
 * console.log(layer.forward(tf.zeros([2, 3, 6, 6, 6])).shape); // [2, 8, 4, 4, 4]
 * console.log(layer.inChannels); // 3
 * ```
 */
export class LazyConv3d extends Conv3d {
  readonly #create: (inChannels: number) => Module;

  constructor(outChannels: number, kernelSize: Size, options: ConvLayerOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyConv3d", options, CONV_LAYER_OPTIONS);
    super(options.groups ?? 1, outChannels, kernelSize, options);
    refuseMore("nn.LazyConv3d", more);
    this.#create = (inChannels) => new Conv3d(inChannels, outChannels, kernelSize, options);
    forgetSize(this, "inChannels");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inChannels",
      sizeOf: channelsOf("conv", 3),
      becomes: Conv3d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}
