import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { maxUnpoolNd, type MaxUnpoolWindows } from "../functional/max-unpooling.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyTuple } from "../python-text.js";
import { toLengths, type Size } from "../size.js";

/** What the max unpools share. */
export class MaxUnpool extends Module {
  readonly #dimensions: number;

  constructor(
    dimensions: number,
    readonly kernelSize: Size,
    readonly options: MaxUnpoolWindows,
  ) {
    super();
    this.#dimensions = dimensions;
    checkOptions(`nn.MaxUnpool${dimensions}d`, options, ["stride", "padding"]);
    toLengths(kernelSize, dimensions, "kernelSize");
  }

  /** @param outputSize where several lengths would have given the same pool */
  override forward(x: tf.Tensor, indices: tf.Tensor, outputSize?: readonly number[]): tf.Tensor {
    const { kernelSize, options } = this;
    return inLayer(this, x, () => maxUnpoolNd(x, indices, { kernelSize, ...options, outputSize }, this.#dimensions));
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    const asText = (size: Size): string => pyTuple(toLengths(size, this.#dimensions, "size", 0));
    return `kernel_size=${asText(this.kernelSize)}, stride=${asText(stride)}, padding=${asText(padding)}`;
  }
}

/**
 * Puts the values of a max pool back to where they were, among zeros. x and indices [N, C, L], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const pool = new nn.MaxPool1d(2, { returnIndices: true });
 * const [values, places] = pool.forward(tf.zeros([2, 3, 8]));
 * console.log(new nn.MaxUnpool1d(2).forward(values, places).shape); // [2, 3, 8]
 * ```
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: Size, options: MaxUnpoolWindows = {}, ...more: readonly never[]) {
    super(1, kernelSize, options);
    refuseMore("nn.MaxUnpool1d", more);
  }
}

/**
 * Puts the values of a max pool back to where they were, among zeros. x and indices [N, C, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const pool = new nn.MaxPool2d(2, { returnIndices: true });
 * const [values, places] = pool.forward(tf.zeros([2, 3, 8, 8]));
 * console.log(new nn.MaxUnpool2d(2).forward(values, places).shape); // [2, 3, 8, 8]
 * ```
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: Size, options: MaxUnpoolWindows = {}, ...more: readonly never[]) {
    super(2, kernelSize, options);
    refuseMore("nn.MaxUnpool2d", more);
  }
}

/**
 * Puts the values of a max pool back to where they were, among zeros. x and indices [N, C, D, H, W], or without N.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const pool = new nn.MaxPool3d(2, { returnIndices: true });
 * const [values, places] = pool.forward(tf.zeros([2, 3, 8, 8, 8]));
 * console.log(new nn.MaxUnpool3d(2).forward(values, places).shape); // [2, 3, 8, 8, 8]
 * ```
 */
export class MaxUnpool3d extends MaxUnpool {
  constructor(kernelSize: Size, options: MaxUnpoolWindows = {}, ...more: readonly never[]) {
    super(3, kernelSize, options);
    refuseMore("nn.MaxUnpool3d", more);
  }
}
