import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { crossEntropy, nllLoss, type CrossEntropyOptions, type NllLossOptions } from "../functional/cross-entropy.js";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  l1Loss,
  mseLoss,
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  type LossOptions,
} from "../functional/losses.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { WeightedLoss } from "./weighted-loss.js";

/**
 * The cross-entropy between logits and classes or probabilities, as a module. See `nn.functional.crossEntropy`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.CrossEntropyLoss({ labelSmoothing: 0.1 });
 * const [logits, classes] = [tf.zeros([2, 3]), tf.tensor1d([0, 2], "int32")];
 * loss.forward(logits, classes).print(); // log 3, since all classes are equally likely
 * ```
 */
export class CrossEntropyLoss extends WeightedLoss<CrossEntropyOptions> {
  constructor(options: CrossEntropyOptions = {}, ...more: readonly never[]) {
    super("nn.CrossEntropyLoss", options, ["reduction", "weight", "ignoreIndex", "labelSmoothing"]);
    refuseMore("nn.CrossEntropyLoss", more);
  }

  override forward(logits: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, logits, () => crossEntropy(logits, target, this.currentOptions()));
  }
}

/**
 * The negative log-likelihood of log-probabilities, as a module. See `nn.functional.nllLoss`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.NLLLoss();
 * const logProbabilities = tf.log(tf.tensor2d([[0.5, 0.25, 0.25]]));
 * loss.forward(logProbabilities, tf.tensor1d([0], "int32")).print(); // log 2
 * ```
 */
export class NLLLoss extends WeightedLoss<NllLossOptions> {
  constructor(options: NllLossOptions = {}, ...more: readonly never[]) {
    super("nn.NLLLoss", options, ["reduction", "weight", "ignoreIndex"]);
    refuseMore("nn.NLLLoss", more);
  }

  override forward(logProbs: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, logProbs, () => nllLoss(logProbs, target, this.currentOptions()));
  }
}

/**
 * The mean squared error, as a module. See `nn.functional.mseLoss`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.MSELoss({ reduction: "sum" });
 * loss.forward(tf.tensor1d([1, 2]), tf.tensor1d([0, 0])).print(); // 1 + 4
 * ```
 */
export class MSELoss extends Module {
  constructor(
    readonly options: LossOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.MSELoss", options, ["reduction"]);
    refuseMore("nn.MSELoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => mseLoss(input, target, this.options));
  }
}

/**
 * The mean absolute error, as a module. See `nn.functional.l1Loss`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.L1Loss();
 * loss.forward(tf.tensor1d([1, 2]), tf.tensor1d([0, 0])).print(); // (1 + 2) / 2
 * ```
 */
export class L1Loss extends Module {
  constructor(
    readonly options: LossOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.L1Loss", options, ["reduction"]);
    refuseMore("nn.L1Loss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => l1Loss(input, target, this.options));
  }
}

/**
 * The binary cross-entropy of probabilities, as a module; a probability outside of [0, 1] gives NaN. See
 * `nn.functional.binaryCrossEntropy`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.BCELoss();
 * loss.forward(tf.tensor1d([0.5, 0.5]), tf.tensor1d([0, 1])).print(); // log 2
 * ```
 */
export class BCELoss extends WeightedLoss<BinaryCrossEntropyOptions> {
  constructor(options: BinaryCrossEntropyOptions = {}, ...more: readonly never[]) {
    super("nn.BCELoss", options, ["reduction", "weight"]);
    refuseMore("nn.BCELoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => binaryCrossEntropy(input, target, this.currentOptions()));
  }
}

/**
 * The binary cross-entropy of logits, computed without overflow, as a module. See
 * `nn.functional.binaryCrossEntropyWithLogits`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.BCEWithLogitsLoss();
 * loss.forward(tf.tensor1d([0, 0]), tf.tensor1d([0, 1])).print(); // log 2
 * ```
 */
export class BCEWithLogitsLoss extends WeightedLoss<BinaryCrossEntropyWithLogitsOptions> {
  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}, ...more: readonly never[]) {
    super("nn.BCEWithLogitsLoss", options, ["reduction", "weight", "posWeight"]);
    refuseMore("nn.BCEWithLogitsLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => binaryCrossEntropyWithLogits(input, target, this.currentOptions()));
  }
}
