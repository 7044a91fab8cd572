import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { rrelu, type RreluOptions } from "../functional/random-activations.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyFloat } from "../python-text.js";

/**
 * Is `x` where x > 0, else x times a slope; in training a slope is drawn for each element.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.RReLU({ lower: 0.1, upper: 0.3 }).eval().forward(tf.tensor1d([-1, 2])).print(); // -0.2, 2
 * ```
 */
export class RReLU extends Module {
  constructor(
    readonly options: Omit<RreluOptions, "training"> = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.RReLU", options, ["lower", "upper"]);
    refuseMore("nn.RReLU", more);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => rrelu(x, { ...this.options, training: this.training }));
  }

  override extraRepr(): string {
    const { lower = 1 / 8, upper = 1 / 3 } = this.options;
    return `lower=${pyFloat(lower)}, upper=${pyFloat(upper)}`;
  }
}
