import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { describeValue } from "../../errors/describe-value.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { reshape } from "../../kernels/reshape.js";
import type { tf } from "../../tensor/tf.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { pyTuple } from "../python-text.js";

export interface FlattenOptions {
  /** @default 1 */
  readonly startDim?: number | undefined;
  /** @default -1 */
  readonly endDim?: number | undefined;
}

/**
 * Joins the dimensions from `startDim` to `endDim` into one.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Flatten();
 * console.log(layer.forward(tf.zeros([2, 3, 8, 8])).shape); // [2, 192]
 * ```
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  /** @param startDim a number, or an object with `startDim` and `endDim`. @default 1 @param endDim @default -1 */
  constructor(startDim: number | FlattenOptions = 1, endDim = -1, ...more: readonly never[]) {
    super();
    refuseMore("nn.Flatten", more);
    const options = typeof startDim === "number" ? { startDim, endDim } : startDim;
    checkOptions("nn.Flatten", options, ["startDim", "endDim"]);
    this.startDim = options.startDim ?? 1;
    this.endDim = options.endDim ?? -1;
    if (!Number.isInteger(this.startDim) || !Number.isInteger(this.endDim))
      throw new MisconfigurationError({
        message: "nn.Flatten: these are no dimensions.",
        expected: "new nn.Flatten(startDim, endDim), or one object of options",
        received: `${describeValue(startDim)} and ${describeValue(endDim)}`,
      });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => this.#flatten(x));
  }

  #flatten(x: tf.Tensor): tf.Tensor {
    const end = this.endDim < 0 ? x.rank + this.endDim : this.endDim;
    const start = this.startDim < 0 ? x.rank + this.startDim : this.startDim;
    if (end <= start) return x;
    const joined = x.shape.slice(start, end + 1).reduce((product, length) => product * length, 1);
    return reshape(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)]);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/**
 * Returns its input. Takes any arguments and ignores them, as PyTorch's does: it stands in for other layers.
 * @example
 * ```ts
 * import { nn } from "@lightning-ts/core";
 *
 * class Net extends nn.Module {
 *   readonly project: nn.Linear | nn.Identity;
 *   constructor(inFeatures: number, outFeatures: number) {
 *     super();
 *     this.project = inFeatures === outFeatures ? new nn.Identity() : new nn.Linear(inFeatures, outFeatures);
 *   }
 * }
 * console.log(new Net(4, 4).parameters().length); // 0
 * ```
 */
export class Identity extends Module {
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static override readonly name: string = "Identity";

  override forward(x: tf.Tensor): tf.Tensor {
    return x;
  }
}

/**
 * Splits one dimension into several.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Unflatten(1, [3, -1]);
 * console.log(layer.forward(tf.zeros([2, 12])).shape); // [2, 3, 4]
 * ```
 */
export class Unflatten extends Module {
  /** @param unflattenedSize lengths whose product is the dimension's; one may be -1, which is found */
  constructor(
    readonly dim: number,
    readonly unflattenedSize: readonly number[],
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.Unflatten", more);
    if (!Number.isInteger(dim) || !Array.isArray(unflattenedSize))
      throw new MisconfigurationError({
        message: "nn.Unflatten: these are no dimension and lengths.",
        expected: "new nn.Unflatten(dim, [length, …])",
        received: `${describeValue(dim)} and ${describeValue(unflattenedSize)}`,
      });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => this.#split(x, this.dim < 0 ? x.rank + this.dim : this.dim));
  }

  #split(x: tf.Tensor, axis: number): tf.Tensor {
    const length = x.shape[axis] ?? 0;
    const known = this.unflattenedSize.filter((part) => part !== -1).reduce((product, part) => product * part, 1);
    const lengths = this.unflattenedSize.map((part) => (part === -1 ? length / known : part));
    const fits = lengths.every(Number.isInteger) && lengths.reduce((product, part) => product * part, 1) === length;
    if (axis in x.shape && fits) return reshape(x, [...x.shape.slice(0, axis), ...lengths, ...x.shape.slice(axis + 1)]);
    throw new ShapeError({
      message: "the dimension cannot be split like this.",
      expected: `a dimension ${this.dim} whose length is the product of [${this.unflattenedSize.join(", ")}]`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${pyTuple(this.unflattenedSize)}`;
  }
}
