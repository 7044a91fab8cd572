import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { wrongRank } from "../functional/wrong-rank.js";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormLayerOptions, NORM_OPTIONS } from "./batch-norm.js";
import { completeLayer, forgetSize } from "./lazy-layer.js";

/**
 * A `BatchNorm1d` whose `numFeatures` are the channels of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyBatchNorm1d();
 * console.log(layer.forward(tf.randomNormal([8, 4, 6])).shape); // [8, 4, 6]
 * console.log(layer.numFeatures); // 4
 * ```
 */
export class LazyBatchNorm1d extends BatchNorm1d {
  readonly #create: (channels: number) => BatchNorm1d;

  constructor(options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyBatchNorm1d", options, NORM_OPTIONS);
    super(1, options);
    refuseMore("nn.LazyBatchNorm1d", more);
    this.#create = (channels) => new BatchNorm1d(channels, options);
    forgetSize(this, "numFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "numFeatures",
      sizeOf: channelsOf(1),
      becomes: BatchNorm1d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * A `BatchNorm2d` whose `numFeatures` are the channels of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyBatchNorm2d();
 * console.log(layer.forward(tf.randomNormal([2, 4, 8, 8])).shape); // [2, 4, 8, 8]
 * console.log(layer.numFeatures); // 4
 * ```
 */
export class LazyBatchNorm2d extends BatchNorm2d {
  readonly #create: (channels: number) => BatchNorm2d;

  constructor(options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyBatchNorm2d", options, NORM_OPTIONS);
    super(1, options);
    refuseMore("nn.LazyBatchNorm2d", more);
    this.#create = (channels) => new BatchNorm2d(channels, options);
    forgetSize(this, "numFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "numFeatures",
      sizeOf: channelsOf(2),
      becomes: BatchNorm2d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

/**
 * A `BatchNorm3d` whose `numFeatures` are the channels of its first input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LazyBatchNorm3d();
 * console.log(layer.forward(tf.randomNormal([2, 4, 4, 4, 4])).shape); // [2, 4, 4, 4, 4]
 * console.log(layer.numFeatures); // 4
 * ```
 */
export class LazyBatchNorm3d extends BatchNorm3d {
  readonly #create: (channels: number) => BatchNorm3d;

  constructor(options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyBatchNorm3d", options, NORM_OPTIONS);
    super(1, options);
    refuseMore("nn.LazyBatchNorm3d", more);
    this.#create = (channels) => new BatchNorm3d(channels, options);
    forgetSize(this, "numFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "numFeatures",
      sizeOf: channelsOf(3),
      becomes: BatchNorm3d,
      create: this.#create,
      forward: () => super.forward(x),
    });
  }
}

function channelsOf(dimensions: number): (x: tf.Tensor) => number {
  return (x) => {
    const isBatch = x.rank === dimensions + 2 || (dimensions === 1 && x.rank === 2);
    const channels = isBatch ? (x.shape[1] ?? 0) : 0;
    if (channels > 0) return channels;
    throw wrongRank("batchNorm", x, dimensions);
  };
}
