import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { INTERPOLATE_OPTIONS, interpolate, type InterpolateOptions } from "../functional/interpolate.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyFloat, pySize } from "../python-text.js";

/**
 * Changes the lengths of space, as `nn.functional.interpolate`. x [N, C, ...space]
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Upsample({ scaleFactor: 2, mode: "bilinear" });
 * console.log(layer.forward(tf.zeros([1, 3, 4, 4])).shape); // [1, 3, 8, 8]
 * ```
 */
export class Upsample extends Module {
  constructor(
    readonly options: InterpolateOptions,
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.Upsample", options, INTERPOLATE_OPTIONS);
    refuseMore("nn.Upsample", more);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => interpolate(x, this.options));
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.options;
    const lengths = scaleFactor === undefined ? `size=${pySize(size)}` : `scale_factor=${pySize(scaleFactor, pyFloat)}`;
    return `${lengths}, mode='${mode}'`;
  }
}

/** Sizes of `nn.UpsamplingNearest2d` and `nn.UpsamplingBilinear2d`. */
export type UpsamplingSize = Pick<InterpolateOptions, "size" | "scaleFactor">;

/**
 * Repeats the nearest element of images [N, C, H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.UpsamplingNearest2d({ scaleFactor: 2 });
 * console.log(layer.forward(tf.zeros([1, 3, 4, 4])).shape); // [1, 3, 8, 8]
 * ```
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: UpsamplingSize, ...more: readonly never[]) {
    checkOptions("nn.UpsamplingNearest2d", options, ["size", "scaleFactor"]);
    super({ ...options, mode: "nearest" });
    refuseMore("nn.UpsamplingNearest2d", more);
  }
}

/**
 * Interpolates images [N, C, H, W] linearly, with corners on each other.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.UpsamplingBilinear2d({ size: [6, 6] });
 * console.log(layer.forward(tf.zeros([1, 3, 4, 4])).shape); // [1, 3, 6, 6]
 * ```
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: UpsamplingSize, ...more: readonly never[]) {
    checkOptions("nn.UpsamplingBilinear2d", options, ["size", "scaleFactor"]);
    super({ ...options, mode: "bilinear", alignCorners: true });
    refuseMore("nn.UpsamplingBilinear2d", more);
  }
}
