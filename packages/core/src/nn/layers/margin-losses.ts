import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { tf } from "../../tensor/tf.js";
import { huberLoss, smoothL1Loss, type LossOptions } from "../functional/losses.js";
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  multiMarginLoss,
  tripletMarginLoss,
  type MarginOptions,
  type MultiMarginOptions,
  type TripletMarginOptions,
} from "../functional/margin-losses.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";

/** `nn.functional.smoothL1Loss` as a module. */
export class SmoothL1Loss extends Module {
  constructor(readonly options: LossOptions & { readonly beta?: number | undefined } = {}) {
    super();
    rejectUnknownOptions("nn.SmoothL1Loss", options, ["reduction", "beta"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => smoothL1Loss(input, target, this.options));
  }
}

/** `nn.functional.huberLoss` as a module. */
export class HuberLoss extends Module {
  constructor(readonly options: LossOptions & { readonly delta?: number | undefined } = {}) {
    super();
    rejectUnknownOptions("nn.HuberLoss", options, ["reduction", "delta"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => huberLoss(input, target, this.options));
  }
}

/** `nn.functional.marginRankingLoss` as a module. */
export class MarginRankingLoss extends Module {
  constructor(readonly options: MarginOptions = {}) {
    super();
    rejectUnknownOptions("nn.MarginRankingLoss", options, ["reduction", "margin"]);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => marginRankingLoss(x1, x2, target, this.options));
  }
}

/** `nn.functional.hingeEmbeddingLoss` as a module. */
export class HingeEmbeddingLoss extends Module {
  constructor(readonly options: MarginOptions = {}) {
    super();
    rejectUnknownOptions("nn.HingeEmbeddingLoss", options, ["reduction", "margin"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => hingeEmbeddingLoss(input, target, this.options));
  }
}

/** `nn.functional.cosineEmbeddingLoss` as a module. */
export class CosineEmbeddingLoss extends Module {
  constructor(readonly options: MarginOptions = {}) {
    super();
    rejectUnknownOptions("nn.CosineEmbeddingLoss", options, ["reduction", "margin"]);
  }

  override forward(x1: tf.Tensor, x2: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => cosineEmbeddingLoss(x1, x2, target, this.options));
  }
}

/** `nn.functional.tripletMarginLoss` as a module. */
export class TripletMarginLoss extends Module {
  constructor(readonly options: TripletMarginOptions = {}) {
    super();
    rejectUnknownOptions("nn.TripletMarginLoss", options, ["reduction", "margin", "p", "eps", "swap"]);
  }

  override forward(anchor: tf.Tensor, positive: tf.Tensor, negative: tf.Tensor): tf.Tensor {
    return inLayer(this, anchor, () => tripletMarginLoss(anchor, positive, negative, this.options));
  }
}

/** `nn.functional.multiMarginLoss` as a module. */
export class MultiMarginLoss extends Module {
  constructor(readonly options: MultiMarginOptions = {}) {
    super();
    rejectUnknownOptions("nn.MultiMarginLoss", options, ["reduction", "margin", "p", "weight"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => multiMarginLoss(input, target, this.options));
  }
}
