import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { uniformParameter } from "../default-parameters.js";
import { bilinear } from "../functional/bilinear.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool } from "../python-text.js";
import { checkCount } from "../size.js";

/**
 * y = x1ᵀ · A · x2 + b, with one matrix A for each output.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Bilinear(4, 5, 3);
 * console.log(layer.forward(tf.zeros([2, 4]), tf.zeros([2, 5])).shape); // [2, 3]
 * ```
 */
export class Bilinear extends Module {
  /** [outFeatures, in1Features, in2Features] */
  weight: Parameter;
  /** [outFeatures] */
  bias: Parameter | undefined;

  constructor(
    readonly in1Features: number,
    readonly in2Features: number,
    readonly outFeatures: number,
    options: { readonly bias?: boolean | undefined } = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.Bilinear", options, ["bias"]);
    refuseMore("nn.Bilinear", more);
    checkCount(in1Features, "in1Features");
    checkCount(in2Features, "in2Features");
    checkCount(outFeatures, "outFeatures");
    const bound = 1 / Math.sqrt(in1Features);
    this.weight = uniformParameter([outFeatures, in1Features, in2Features], bound);
    this.bias = options.bias === false ? undefined : uniformParameter([outFeatures], bound);
  }

  /** x1 [..., in1Features] and x2 [..., in2Features] -> [..., outFeatures]. @throws ShapeError */
  override forward(x1: tf.Tensor, x2: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => bilinear(x1, x2, this.weight, this.bias));
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    const features = `in1_features=${in1Features}, in2_features=${in2Features}, out_features=${outFeatures}`;
    return `${features}, bias=${pyBool(bias !== undefined)}`;
  }
}
