import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from "./instance-norm.js";
import { NORM_OPTIONS } from "./batch-norm.js";
import { channelsOf, completeLayer, forgetSize } from "./lazy-layer.js";

/**
 * An `InstanceNorm1d` whose `numFeatures` are the channels of its first input. It has weight, bias and
 * running statistics unless told otherwise, as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyInstanceNorm1d();
 * console.log(layer.forward(tf.randomNormal([8, 4, 6])).shape); // [8, 4, 6]
 * console.log(layer.numFeatures); // 4
 * ```
 */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  readonly #create: (channels: number) => InstanceNorm1d;

  constructor(options: InstanceNormOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyInstanceNorm1d", options, NORM_OPTIONS);
    super(1, { affine: true, trackRunningStats: true, ...options });
    refuseMore("nn.LazyInstanceNorm1d", more);
    this.#create = (channels) => new InstanceNorm1d(channels, { affine: true, trackRunningStats: true, ...options });
    forgetSize(this, "numFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "numFeatures",
      sizeOf: channelsOf("instanceNorm", 1),
      becomes: InstanceNorm1d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * An `InstanceNorm2d` whose `numFeatures` are the channels of its first input. It has weight, bias and
 * running statistics unless told otherwise, as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyInstanceNorm2d();
 * console.log(layer.forward(tf.randomNormal([2, 4, 8, 8])).shape); // [2, 4, 8, 8]
 * console.log(layer.numFeatures); // 4
 * ```
 */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  readonly #create: (channels: number) => InstanceNorm2d;

  constructor(options: InstanceNormOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyInstanceNorm2d", options, NORM_OPTIONS);
    super(1, { affine: true, trackRunningStats: true, ...options });
    refuseMore("nn.LazyInstanceNorm2d", more);
    this.#create = (channels) => new InstanceNorm2d(channels, { affine: true, trackRunningStats: true, ...options });
    forgetSize(this, "numFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "numFeatures",
      sizeOf: channelsOf("instanceNorm", 2),
      becomes: InstanceNorm2d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * An `InstanceNorm3d` whose `numFeatures` are the channels of its first input. It has weight, bias and
 * running statistics unless told otherwise, as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyInstanceNorm3d();
 * console.log(layer.forward(tf.randomNormal([2, 4, 4, 4, 4])).shape); // [2, 4, 4, 4, 4]
 * console.log(layer.numFeatures); // 4
 * ```
 */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  readonly #create: (channels: number) => InstanceNorm3d;

  constructor(options: InstanceNormOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyInstanceNorm3d", options, NORM_OPTIONS);
    super(1, { affine: true, trackRunningStats: true, ...options });
    refuseMore("nn.LazyInstanceNorm3d", more);
    this.#create = (channels) => new InstanceNorm3d(channels, { affine: true, trackRunningStats: true, ...options });
    forgetSize(this, "numFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "numFeatures",
      sizeOf: channelsOf("instanceNorm", 3),
      becomes: InstanceNorm3d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}
