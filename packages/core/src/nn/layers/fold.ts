import { refuseMore } from "../../errors/refuse-more.js";
import type { tf } from "../../tensor/tf.js";
import { checkFoldOptions, fold, type FoldOptions, unfold } from "../functional/fold.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pySize } from "../python-text.js";
import { toLengths, type Size } from "../size.js";

/**
 * The windows of images as columns: x [N, C, H, W], or without N -> [N, C · kh · kw, windows].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Unfold(2, { stride: 2 });
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8])).shape); // [2, 12, 16]
 * ```
 */
export class Unfold extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: FoldOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.Unfold", more);
    checkFoldOptions("nn.Unfold", options);
    toLengths(kernelSize, 2, "kernelSize");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => unfold(x, this.kernelSize, this.options));
  }

  override extraRepr(): string {
    return `kernel_size=${pySize(this.kernelSize)}, ${describeFold(this.options)}`;
  }
}

/**
 * Adds columns up to images: x [N, C · kh · kw, windows], or without N -> [N, C, ...outputSize].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Fold([8, 8], 2, { stride: 2 });
 * console.log(layer.forward(tf.zeros([2, 12, 16])).shape); // [2, 3, 8, 8]
 * ```
 */
export class Fold extends Module {
  constructor(
    readonly outputSize: Size,
    readonly kernelSize: Size,
    readonly options: FoldOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.Fold", more);
    checkFoldOptions("nn.Fold", options);
    toLengths(outputSize, 2, "outputSize");
    toLengths(kernelSize, 2, "kernelSize");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => fold(x, this.outputSize, this.kernelSize, this.options));
  }

  override extraRepr(): string {
    return `output_size=${pySize(this.outputSize)}, kernel_size=${pySize(this.kernelSize)}, ${describeFold(this.options)}`;
  }
}

function describeFold({ dilation = 1, padding = 0, stride = 1 }: FoldOptions): string {
  return `dilation=${pySize(dilation)}, padding=${pySize(padding)}, stride=${pySize(stride)}`;
}
