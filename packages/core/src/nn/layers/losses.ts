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
import { Module } from "../module.js";

/** The cross-entropy between logits and classes or probabilities, as a module. See `nn.functional.crossEntropy`. */
export class CrossEntropyLoss extends Module {
  constructor(readonly options: CrossEntropyOptions = {}) {
    super();
  }

  override forward(logits: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return crossEntropy(logits, target, this.options);
  }
}

/** The negative log-likelihood of log-probabilities, as a module. See `nn.functional.nllLoss`. */
export class NLLLoss extends Module {
  constructor(readonly options: NllLossOptions = {}) {
    super();
  }

  override forward(logProbs: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return nllLoss(logProbs, target, this.options);
  }
}

/** The mean squared error, as a module. See `nn.functional.mseLoss`. */
export class MSELoss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** The mean absolute error, as a module. See `nn.functional.l1Loss`. */
export class L1Loss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** The binary cross-entropy of probabilities, as a module. See `nn.functional.binaryCrossEntropy`. */
export class BCELoss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return binaryCrossEntropy(input, target, this.options);
  }
}

/**
 * The binary cross-entropy of logits, computed without overflow, as a module. See
 * `nn.functional.binaryCrossEntropyWithLogits`.
 */
export class BCEWithLogitsLoss extends Module {
  constructor(readonly options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super();
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.options);
  }
}
