import type { Parameter } from "../../autograd/parameter.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { uniformParameter } from "../default-parameters.js";
import { checkFloats } from "../functional/check-dtype.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
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
  readonly weight: Parameter;
  /** [outFeatures] */
  readonly bias: Parameter | undefined;

  constructor(
    readonly in1Features: number,
    readonly in2Features: number,
    readonly outFeatures: number,
    options: { readonly bias?: boolean | undefined } = {},
  ) {
    super();
    rejectUnknownOptions("nn.Bilinear", options, ["bias"]);
    checkCount(in1Features, "in1Features");
    checkCount(in2Features, "in2Features");
    checkCount(outFeatures, "outFeatures");
    const bound = 1 / Math.sqrt(in1Features);
    this.weight = uniformParameter([outFeatures, in1Features, in2Features], bound);
    this.bias = options.bias === false ? undefined : uniformParameter([outFeatures], bound);
  }

  /** x1 [..., in1Features] and x2 [..., in2Features] -> [..., outFeatures]. @throws ShapeError */
  override forward(x1: tf.Tensor, x2: tf.Tensor): tf.Tensor {
    return inLayer(this, x1, () => {
      this.#check(x1, x2);
      const { in1Features, in2Features, outFeatures } = this;
      const leading = x1.shape.slice(0, -1);
      const matrices = tf.reshape(this.weight, [outFeatures * in1Features, in2Features]);
      const ofSecond = tf.matMul(tf.reshape(x2, [-1, in2Features]), matrices, false, true);
      const rows = tf.mul(tf.reshape(ofSecond, [-1, outFeatures, in1Features]), tf.reshape(x1, [-1, 1, in1Features]));
      const y = tf.reshape(tf.sum(rows, 2), [...leading, outFeatures]);
      return this.bias === undefined ? y : tf.add(y, this.bias);
    });
  }

  #check(x1: tf.Tensor, x2: tf.Tensor): void {
    checkFloats("bilinear", { x1, x2 });
    const fits =
      x1.shape.at(-1) === this.in1Features &&
      x2.shape.at(-1) === this.in2Features &&
      tf.util.arraysEqual(x1.shape.slice(0, -1), x2.shape.slice(0, -1));
    if (fits) return;
    throw new ShapeError({
      message: "bilinear: the inputs do not fit the weight or each other.",
      expected: `[..., ${this.in1Features}] and [..., ${this.in2Features}]`,
      received: `${formatShape(x1.shape)} and ${formatShape(x2.shape)}`,
      shapes: [x1.shape, x2.shape],
    });
  }
}
