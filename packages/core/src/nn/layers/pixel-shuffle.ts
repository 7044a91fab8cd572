import type { tf } from "../../tensor/tf.js";
import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../functional/pixel-shuffle.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkCount } from "../size.js";

/**
 * Larger images from more channels: [..., C · r², H, W] -> [..., C, H · r, W · r].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.PixelShuffle(2);
 * console.log(layer.forward(tf.zeros([1, 8, 4, 4])).shape); // [1, 2, 8, 8]
 * ```
 */
export class PixelShuffle extends Module {
  constructor(
    readonly upscaleFactor: number,
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.PixelShuffle", more);
    checkCount(upscaleFactor, "upscaleFactor");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => pixelShuffle(x, this.upscaleFactor));
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/**
 * More channels from smaller images: [..., C, H · r, W · r] -> [..., C · r², H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.PixelUnshuffle(2);
 * console.log(layer.forward(tf.zeros([1, 2, 8, 8])).shape); // [1, 8, 4, 4]
 * ```
 */
export class PixelUnshuffle extends Module {
  constructor(
    readonly downscaleFactor: number,
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.PixelUnshuffle", more);
    checkCount(downscaleFactor, "downscaleFactor");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => pixelUnshuffle(x, this.downscaleFactor));
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/**
 * Mixes the channels of groups: x [N, C, ...].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ChannelShuffle(2);
 * console.log(layer.forward(tf.zeros([1, 4, 2, 2])).shape); // [1, 4, 2, 2]
 * ```
 */
export class ChannelShuffle extends Module {
  constructor(
    readonly groups: number,
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.ChannelShuffle", more);
    checkCount(groups, "groups");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => channelShuffle(x, this.groups));
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
