import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";
import { completeLayer, forgetSize } from "./lazy-layer.js";
import { Linear, type LinearOptions } from "./linear.js";

/**
 * A `Linear` whose `inFeatures` are those of its first input. Until then its parameters have no shapes (`nn.isLazy`);
 * an optimizer may hold them already.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const model = new nn.Sequential(new nn.Flatten(), new nn.LazyLinear(3));
 * console.log(model.forward(tf.zeros([8, 1, 2, 2])).shape); // [8, 3]
 * console.log(String(model.at(1))); // Linear(in_features=4, out_features=3, bias=True)
 * ```
 */
export class LazyLinear extends Linear {
  readonly #options: LinearOptions;

  constructor(outFeatures: number, options: LinearOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LazyLinear", options, ["bias"]);
    super(1, outFeatures, options);
    refuseMore("nn.LazyLinear", more);
    this.#options = options;
    forgetSize(this, "inFeatures");
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return completeLayer(this, x, {
      field: "inFeatures",
      sizeOf: lastLength,
      becomes: Linear,
      create: (size) => new Linear(size, this.outFeatures, this.#options),
      forward: () => super.forward(x),
    });
  }
}

function lastLength(x: tf.Tensor): number {
  const length = x.shape[x.rank - 1] ?? 0;
  if (length > 0) return length;
  throw new ShapeError({
    message: "linear: the input has no features.",
    expected: "[..., features]",
    received: `[${x.shape.join(", ")}]`,
    shapes: [x.shape],
  });
}
