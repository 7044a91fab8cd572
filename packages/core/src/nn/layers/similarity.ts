import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { tf } from "../../tensor/tf.js";
import {
  cosineSimilarity,
  pairwiseDistance,
  type CosineSimilarityOptions,
  type PairwiseDistanceOptions,
} from "../functional/similarity.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";

/** The cosine of the angle between vectors along one dimension. */
export class CosineSimilarity extends Module {
  constructor(readonly options: CosineSimilarityOptions = {}) {
    super();
    rejectUnknownOptions("nn.CosineSimilarity", options, ["dim", "eps"]);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => cosineSimilarity(x1, x2, this.options));
  }
}

/** The p-norm of differences along the last dimension. */
export class PairwiseDistance extends Module {
  constructor(readonly options: PairwiseDistanceOptions = {}) {
    super();
    rejectUnknownOptions("nn.PairwiseDistance", options, ["p", "eps", "keepdim"]);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => pairwiseDistance(x1, x2, this.options));
  }
}
