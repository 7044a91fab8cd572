import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { filledParameter } from "../default-parameters.js";
import { localResponseNorm, rmsNorm, type LocalResponseNormOptions } from "../functional/more-normalization.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool, pyFloat, pyTuple } from "../python-text.js";
import { checkCount, toShape } from "../size.js";

export interface RmsNormLayerOptions {
  /** @default 2^-23 */
  readonly eps?: number | undefined;
  /** Whether there is a weight. @default true */
  readonly elementwiseAffine?: boolean | undefined;
}

/**
 * Divides by the root of the mean square over the last dimensions.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.RMSNorm(16);
 * console.log(layer.forward(tf.randomNormal([4, 16])).shape); // [4, 16]
 * ```
 */
export class RMSNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number | undefined;
  weight: Parameter | undefined;

  constructor(
    normalizedShape: number | readonly number[],
    options: RmsNormLayerOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.RMSNorm", options, ["eps", "elementwiseAffine"]);
    refuseMore("nn.RMSNorm", more);
    this.normalizedShape = toShape("nn.RMSNorm", normalizedShape);
    this.eps = options.eps;
    this.weight = options.elementwiseAffine === false ? undefined : filledParameter(this.normalizedShape, 1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => rmsNorm(x, this.normalizedShape, { weight: this.weight, eps: this.eps }));
  }

  override extraRepr(): string {
    const eps = this.eps === undefined ? "None" : pyFloat(this.eps);
    return `${pyTuple(this.normalizedShape)}, eps=${eps}, elementwise_affine=${pyBool(this.weight !== undefined)}`;
  }
}

/**
 * Divides each value by what its neighbouring channels have in the same place. x [N, C, ...]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.LocalResponseNorm(5);
 * console.log(layer.forward(tf.randomNormal([2, 8, 4, 4])).shape); // [2, 8, 4, 4]
 * ```
 */
export class LocalResponseNorm extends Module {
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(
    readonly size: number,
    options: LocalResponseNormOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkCount(size, "size");
    checkOptions("nn.LocalResponseNorm", options, ["alpha", "beta", "k"]);
    refuseMore("nn.LocalResponseNorm", more);
    this.alpha = options.alpha ?? 1e-4;
    this.beta = options.beta ?? 0.75;
    this.k = options.k ?? 1;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const { alpha, beta, k } = this;
    return inLayer(this, x, () => localResponseNorm(x, this.size, { alpha, beta, k }));
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${pyFloat(this.alpha)}, beta=${pyFloat(this.beta)}, k=${pyFloat(this.k)}`;
  }
}
