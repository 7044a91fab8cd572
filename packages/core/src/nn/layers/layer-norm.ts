import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { filledParameter } from "../default-parameters.js";
import { layerNorm } from "../functional/normalization.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { toShape } from "../size.js";
import { pyBool, pyFloat, pyTuple } from "../python-text.js";

export interface LayerNormLayerOptions {
  /** @default 1e-5 */
  readonly eps?: number | undefined;
  /** Whether there are weight and bias. @default true */
  readonly elementwiseAffine?: boolean | undefined;
  /** Whether there is a bias beside the weight. @default true */
  readonly bias?: boolean | undefined;
}

/**
 * Normalizes over the last dimensions.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.LayerNorm(16);
 * console.log(layer.forward(tf.randomNormal([4, 10, 16])).shape); // [4, 10, 16]
 * ```
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  weight: Parameter | undefined;
  bias: Parameter | undefined;

  constructor(
    normalizedShape: number | readonly number[],
    options: LayerNormLayerOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.LayerNorm", options, ["eps", "elementwiseAffine", "bias"]);
    refuseMore("nn.LayerNorm", more);
    this.normalizedShape = toShape("nn.LayerNorm", normalizedShape);
    this.eps = options.eps ?? 1e-5;
    const isAffine = options.elementwiseAffine ?? true;
    this.weight = isAffine ? filledParameter(this.normalizedShape, 1) : undefined;
    this.bias = isAffine && options.bias !== false ? filledParameter(this.normalizedShape, 0) : undefined;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () =>
      layerNorm(x, this.normalizedShape, { weight: this.weight, bias: this.bias, eps: this.eps }),
    );
  }

  override extraRepr(): string {
    const [affine, bias] = [pyBool(this.weight !== undefined), pyBool(this.bias !== undefined)];
    return `${pyTuple(this.normalizedShape)}, eps=${pyFloat(this.eps)}, elementwise_affine=${affine}, bias=${bias}`;
  }
}
