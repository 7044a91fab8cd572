import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import {
  gaussianNllLoss,
  klDiv,
  multilabelSoftMarginLoss,
  poissonNllLoss,
  softMarginLoss,
  type GaussianNllOptions,
  type KlDivOptions,
  type MultilabelSoftMarginOptions,
  type PoissonNllOptions,
} from "../functional/likelihood-losses.js";
import type { LossOptions } from "../functional/losses.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { WeightedLoss } from "./weighted-loss.js";

/**
 * `nn.functional.klDiv` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.KLDivLoss({ reduction: "batchmean" });
 * loss.forward(tf.log(tf.tensor2d([[0.5, 0.5]])), tf.tensor2d([[0.5, 0.5]])).print(); // 0: the distributions are equal
 * ```
 */
export class KLDivLoss extends Module {
  constructor(
    readonly options: KlDivOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.KLDivLoss", options, ["reduction", "logTarget"]);
    refuseMore("nn.KLDivLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => klDiv(input, target, this.options));
  }
}

/**
 * `nn.functional.gaussianNllLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.GaussianNLLLoss();
 * loss.forward(tf.tensor1d([1]), tf.tensor1d([2]), tf.tensor1d([1])).print(); // 0.5: half of (1 - 2)² / 1
 * ```
 */
export class GaussianNLLLoss extends Module {
  constructor(
    readonly options: GaussianNllOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.GaussianNLLLoss", options, ["reduction", "full", "eps"]);
    refuseMore("nn.GaussianNLLLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor, variance: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => gaussianNllLoss(input, target, variance, this.options));
  }
}

/**
 * `nn.functional.poissonNllLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.PoissonNLLLoss();
 * loss.forward(tf.tensor1d([0]), tf.tensor1d([2])).print(); // 1: exp(0) - 2 · 0
 * ```
 */
export class PoissonNLLLoss extends Module {
  constructor(
    readonly options: PoissonNllOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.PoissonNLLLoss", options, ["reduction", "logInput", "full", "eps"]);
    refuseMore("nn.PoissonNLLLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => poissonNllLoss(input, target, this.options));
  }
}

/**
 * `nn.functional.softMarginLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.SoftMarginLoss();
 * loss.forward(tf.tensor1d([0, 0]), tf.tensor1d([1, -1])).print(); // log 2
 * ```
 */
export class SoftMarginLoss extends Module {
  constructor(
    readonly options: LossOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.SoftMarginLoss", options, ["reduction"]);
    refuseMore("nn.SoftMarginLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => softMarginLoss(input, target, this.options));
  }
}

/**
 * `nn.functional.multilabelSoftMarginLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const loss = new nn.MultiLabelSoftMarginLoss();
 * loss.forward(tf.tensor2d([[0, 0]]), tf.tensor2d([[1, 0]])).print(); // log 2
 * ```
 */
export class MultiLabelSoftMarginLoss extends WeightedLoss<MultilabelSoftMarginOptions> {
  constructor(options: MultilabelSoftMarginOptions = {}, ...more: readonly never[]) {
    super("nn.MultiLabelSoftMarginLoss", options, ["reduction", "weight"]);
    refuseMore("nn.MultiLabelSoftMarginLoss", more);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => multilabelSoftMarginLoss(input, target, this.currentOptions()));
  }
}
