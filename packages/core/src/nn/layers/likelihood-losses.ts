import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
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

/** `nn.functional.klDiv` as a module. */
export class KLDivLoss extends Module {
  constructor(readonly options: KlDivOptions = {}) {
    super();
    rejectUnknownOptions("nn.KLDivLoss", options, ["reduction", "logTarget"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => klDiv(input, target, this.options));
  }
}

/** `nn.functional.gaussianNllLoss` as a module. */
export class GaussianNLLLoss extends Module {
  constructor(readonly options: GaussianNllOptions = {}) {
    super();
    rejectUnknownOptions("nn.GaussianNLLLoss", options, ["reduction", "full", "eps"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor, variance: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => gaussianNllLoss(input, target, variance, this.options));
  }
}

/** `nn.functional.poissonNllLoss` as a module. */
export class PoissonNLLLoss extends Module {
  constructor(readonly options: PoissonNllOptions = {}) {
    super();
    rejectUnknownOptions("nn.PoissonNLLLoss", options, ["reduction", "logInput", "full", "eps"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => poissonNllLoss(input, target, this.options));
  }
}

/** `nn.functional.softMarginLoss` as a module. */
export class SoftMarginLoss extends Module {
  constructor(readonly options: LossOptions = {}) {
    super();
    rejectUnknownOptions("nn.SoftMarginLoss", options, ["reduction"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => softMarginLoss(input, target, this.options));
  }
}

/** `nn.functional.multilabelSoftMarginLoss` as a module. */
export class MultiLabelSoftMarginLoss extends Module {
  constructor(readonly options: MultilabelSoftMarginOptions = {}) {
    super();
    rejectUnknownOptions("nn.MultiLabelSoftMarginLoss", options, ["reduction", "weight"]);
  }

  override forward(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return inLayer(this, input, () => multilabelSoftMarginLoss(input, target, this.options));
  }
}
