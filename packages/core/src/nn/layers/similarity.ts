import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import {
  cosineSimilarity,
  pairwiseDistance,
  type CosineSimilarityOptions,
  type PairwiseDistanceOptions,
} from "../functional/similarity.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";

/**
 * The cosine of the angle between vectors along one dimension.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.CosineSimilarity();
 * layer.forward(tf.tensor2d([[1, 0]]), tf.tensor2d([[1, 1]])).print(); // 0.707
 * ```
 */
export class CosineSimilarity extends Module {
  constructor(
    readonly options: CosineSimilarityOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.CosineSimilarity", options, ["dim", "eps"]);
    refuseMore("nn.CosineSimilarity", more);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => cosineSimilarity(x1, x2, this.options));
  }
}

/**
 * The p-norm of differences along the last dimension.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.PairwiseDistance();
 * layer.forward(tf.tensor2d([[3, 4]]), tf.tensor2d([[0, 0]])).print(); // 5
 * ```
 */
export class PairwiseDistance extends Module {
  constructor(
    readonly options: PairwiseDistanceOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.PairwiseDistance", options, ["p", "eps", "keepdim"]);
    refuseMore("nn.PairwiseDistance", more);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => pairwiseDistance(x1, x2, this.options));
  }
}
