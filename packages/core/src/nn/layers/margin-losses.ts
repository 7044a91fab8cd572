import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { huberLoss, smoothL1Loss, type LossOptions } from "../functional/losses.js";
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multiMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceOptions,
  type MarginOptions,
  type MultiMarginOptions,
  type TripletMarginOptions,
} from "../functional/margin-losses.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { WeightedLoss } from "./weighted-loss.js";
import type { ChildText } from "../module-text.js";

/**
 * `nn.functional.smoothL1Loss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.SmoothL1Loss();
 * loss.forward(tf.tensor1d([0.5, 3]), tf.tensor1d([0, 0])).print(); // (0.125 + 2.5) / 2
 * ```
 */
export class SmoothL1Loss extends Module {
  constructor(
    readonly options: LossOptions & { readonly beta?: number | undefined } = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.SmoothL1Loss", options, ["reduction", "beta"]);
    refuseMore("nn.SmoothL1Loss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => smoothL1Loss(input, target, this.options));
  }
}

/**
 * `nn.functional.huberLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.HuberLoss();
 * loss.forward(tf.tensor1d([0.5, 3]), tf.tensor1d([0, 0])).print(); // (0.125 + 2.5) / 2
 * ```
 */
export class HuberLoss extends Module {
  constructor(
    readonly options: LossOptions & { readonly delta?: number | undefined } = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.HuberLoss", options, ["reduction", "delta"]);
    refuseMore("nn.HuberLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => huberLoss(input, target, this.options));
  }
}

/**
 * `nn.functional.marginRankingLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.MarginRankingLoss();
 * loss.forward(tf.tensor1d([1]), tf.tensor1d([3]), tf.tensor1d([1])).print(); // 2: the first should be larger
 * ```
 */
export class MarginRankingLoss extends Module {
  constructor(
    readonly options: MarginOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.MarginRankingLoss", options, ["reduction", "margin"]);
    refuseMore("nn.MarginRankingLoss", more);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => marginRankingLoss(x1, x2, target, this.options));
  }
}

/**
 * `nn.functional.hingeEmbeddingLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.HingeEmbeddingLoss();
 * loss.forward(tf.tensor1d([0.2, 0.2]), tf.tensor1d([1, -1])).print(); // (0.2 + 0.8) / 2
 * ```
 */
export class HingeEmbeddingLoss extends Module {
  constructor(
    readonly options: MarginOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.HingeEmbeddingLoss", options, ["reduction", "margin"]);
    refuseMore("nn.HingeEmbeddingLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => hingeEmbeddingLoss(input, target, this.options));
  }
}

/**
 * `nn.functional.cosineEmbeddingLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.CosineEmbeddingLoss();
 * loss.forward(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]]), tf.tensor1d([1])).print(); // 1: they should be alike
 * ```
 */
export class CosineEmbeddingLoss extends Module {
  constructor(
    readonly options: MarginOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.CosineEmbeddingLoss", options, ["reduction", "margin"]);
    refuseMore("nn.CosineEmbeddingLoss", more);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => cosineEmbeddingLoss(x1, x2, target, this.options));
  }
}

/**
 * `nn.functional.tripletMarginLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.TripletMarginLoss();
 * loss.forward(tf.tensor2d([[0]]), tf.tensor2d([[1]]), tf.tensor2d([[3]])).print(); // 0: 1 + 1 - 3 is below it
 * ```
 */
export class TripletMarginLoss extends Module {
  constructor(
    readonly options: TripletMarginOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.TripletMarginLoss", options, ["reduction", "margin", "p", "eps", "swap"]);
    refuseMore("nn.TripletMarginLoss", more);
  }

  override forward(anchor: tf.Tensor, positive: tf.Tensor, negative: tf.Tensor): tf.Tensor {
    return inLayer(this, anchor, () => tripletMarginLoss(anchor, positive, negative, this.options));
  }
}

/**
 * `nn.functional.multiMarginLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.MultiMarginLoss();
 * loss.forward(tf.tensor2d([[0, 1]]), tf.tensor1d([0], "int32")).print(); // 1: (1 - 0 + 1) / 2 classes
 * ```
 */
export class MultiMarginLoss extends WeightedLoss<MultiMarginOptions> {
  constructor(options: MultiMarginOptions = {}, ...more: readonly never[]) {
    super("nn.MultiMarginLoss", options, ["reduction", "margin", "p", "weight"]);
    refuseMore("nn.MultiMarginLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => multiMarginLoss(input, target, this.currentOptions()));
  }
}

/**
 * `nn.functional.tripletMarginWithDistanceLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const cosine = (a: tf.Tensor, b: tf.Tensor) => tf.sub(1, nn.functional.cosineSimilarity(a, b));
 * const loss = new nn.TripletMarginWithDistanceLoss({ distanceFunction: cosine, margin: 0.5 });
 * loss.forward(tf.tensor2d([[1, 0]]), tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]])).print(); // 0: far enough
 * ```
 */
export class TripletMarginWithDistanceLoss extends Module {
  constructor(
    readonly options: TripletMarginWithDistanceOptions = {},
    ...more: readonly never[]
  ) {
    super();
    const known = ["reduction", "margin", "distanceFunction", "swap"];
    checkOptions("nn.TripletMarginWithDistanceLoss", options, known);
    refuseMore("nn.TripletMarginWithDistanceLoss", more);
  }

  override forward(anchor: tf.Tensor, positive: tf.Tensor, negative: tf.Tensor): tf.Tensor {
    return inLayer(this, anchor, () => tripletMarginWithDistanceLoss(anchor, positive, negative, this.options));
  }

  /** PyTorch prints the distance where it is a module: its default, not a function. */
  protected override childTexts(): ChildText[] {
    return this.options.distanceFunction === undefined ? [["distance_function", "PairwiseDistance()"]] : [];
  }
}

/**
 * `nn.functional.multilabelMarginLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.MultiLabelMarginLoss();
 * loss.forward(tf.tensor1d([0, 1, 0]), tf.tensor1d([1, -1, -1], "int32")).print(); // 0: class 1 is ahead by 1
 * ```
 */
export class MultiLabelMarginLoss extends Module {
  constructor(
    readonly options: LossOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.MultiLabelMarginLoss", options, ["reduction"]);
    refuseMore("nn.MultiLabelMarginLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => multilabelMarginLoss(input, target, this.options));
  }
}
