import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { filledParameter } from "../default-parameters.js";
import { groupNorm } from "../functional/normalization.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool, pyFloat } from "../python-text.js";
import { checkCount } from "../size.js";

export interface GroupNormOptions {
  /** @default 1e-5 */
  readonly eps?: number | undefined;
  /** Whether there are weight and bias, one per channel. @default true */
  readonly affine?: boolean | undefined;
  /** Whether there is a bias, where there is a weight. @default true */
  readonly bias?: boolean | undefined;
}

/**
 * Normalizes each group of channels of every example. x [N, numChannels, ...]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.GroupNorm(2, 6);
 * console.log(layer.forward(tf.randomNormal([4, 6, 8, 8])).shape); // [4, 6, 8, 8]
 * ```
 */
export class GroupNorm extends Module {
  weight: Parameter | undefined;
  bias: Parameter | undefined;
  readonly eps: number;

  constructor(
    readonly numGroups: number,
    readonly numChannels: number,
    options: GroupNormOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkCount(numGroups, "numGroups");
    checkCount(numChannels, "numChannels");
    checkOptions("nn.GroupNorm", options, ["eps", "affine", "bias"]);
    refuseMore("nn.GroupNorm", more);
    if (numChannels % numGroups !== 0)
      throw new MisconfigurationError({
        message: "nn.GroupNorm: the channels cannot be split into these groups.",
        expected: "numChannels divisible by numGroups",
        received: `${numChannels} and ${numGroups}`,
      });
    this.eps = options.eps ?? 1e-5;
    this.weight = options.affine === false ? undefined : filledParameter([numChannels], 1);
    this.bias = options.affine === false || options.bias === false ? undefined : filledParameter([numChannels], 0);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () =>
      groupNorm(x, this.numGroups, { weight: this.weight, bias: this.bias, eps: this.eps }),
    );
  }

  override extraRepr(): string {
    const [affine, bias] = [pyBool(this.weight !== undefined), pyBool(this.bias !== undefined)];
    return `${this.numGroups}, ${this.numChannels}, eps=${pyFloat(this.eps)}, affine=${affine}, bias=${bias}`;
  }
}
