import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { tf } from "../../tensor/tf.js";
import { crossEntropy, nllLoss, type CrossEntropyOptions, type NllLossOptions } from "../functional/cross-entropy.js";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  l1Loss,
  mseLoss,
  type BinaryCrossEntropyWithLogitsOptions,
  type LossOptions,
} from "../functional/losses.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";

/** The cross-entropy between logits and classes or probabilities, as a module. See `nn.functional.crossEntropy`. */
export class CrossEntropyLoss extends Module {
  constructor(readonly options: CrossEntropyOptions = {}) {
    super();
    rejectUnknownOptions("nn.CrossEntropyLoss", options, ["reduction", "weight", "ignoreIndex", "labelSmoothing"]);
  }

  override forward(logits: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, logits, () => crossEntropy(logits, target, this.options));
  }
}

/** The negative log-likelihood of log-probabilities, as a module. See `nn.functional.nllLoss`. */
export class NLLLoss extends Module {
  constructor(readonly options: NllLossOptions = {}) {
    super();
    rejectUnknownOptions("nn.NLLLoss", options, ["reduction", "weight", "ignoreIndex"]);
  }

  override forward(logProbs: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, logProbs, () => nllLoss(logProbs, target, this.options));
  }
}

/** The mean squared error, as a module. See `nn.functional.mseLoss`. */
export class MSELoss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
    rejectUnknownOptions("nn.MSELoss", options, ["reduction"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => mseLoss(input, target, this.options));
  }
}

/** The mean absolute error, as a module. See `nn.functional.l1Loss`. */
export class L1Loss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
    rejectUnknownOptions("nn.L1Loss", options, ["reduction"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => l1Loss(input, target, this.options));
  }
}

/** The binary cross-entropy of probabilities, as a module. See `nn.functional.binaryCrossEntropy`. */
export class BCELoss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
    rejectUnknownOptions("nn.BCELoss", options, ["reduction"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => binaryCrossEntropy(input, target, this.options));
  }
}

/**
 * The binary cross-entropy of logits, computed without overflow, as a module. See
 * `nn.functional.binaryCrossEntropyWithLogits`.
 */
export class BCEWithLogitsLoss extends Module {
  constructor(readonly options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super();
    rejectUnknownOptions("nn.BCEWithLogitsLoss", options, ["reduction", "posWeight"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => binaryCrossEntropyWithLogits(input, target, this.options));
  }
}
