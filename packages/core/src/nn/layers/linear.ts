import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { uniformParameter } from "../default-parameters.js";
import { linear } from "../functional/linear.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool } from "../python-text.js";
import { checkCount } from "../size.js";

export interface LinearOptions {
  /** @default true */
  readonly bias?: boolean | undefined;
}

/**
 * y = x · weightᵀ + bias. Initialised uniformly in ±1 / sqrt(inFeatures), as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Linear(4, 3);
 * console.log(layer.forward(tf.zeros([8, 4])).shape); // [8, 3]
 * console.log(layer.weight.shape); // [3, 4]: outFeatures first
 * ```
 */
export class Linear extends Module {
  /** [outFeatures, inFeatures] */
  weight: Parameter;
  /** [outFeatures] */
  bias: Parameter | undefined;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: LinearOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkCount(inFeatures, "inFeatures");
    checkCount(outFeatures, "outFeatures");
    checkOptions("nn.Linear", options, ["bias"]);
    refuseMore("nn.Linear", more);
    const bound = 1 / Math.sqrt(inFeatures);
    this.weight = uniformParameter([outFeatures, inFeatures], bound);
    this.bias = options.bias === false ? undefined : uniformParameter([outFeatures], bound);
  }

  /** x [..., inFeatures] -> [..., outFeatures] */
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => linear(x, this.weight, this.bias));
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${pyBool(this.bias !== undefined)}`;
  }
}
