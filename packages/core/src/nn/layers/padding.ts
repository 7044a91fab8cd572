import { describeValue } from "../../errors/describe-value.js";
import { classNameOf } from "../../errors/class-name.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";
import { pad, type PadOptions } from "../functional/pad.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { pyNumber, pyTuple } from "../python-text.js";

/** The same on all sides, or [before, after] of the last dimension, then of the one before, …. */
export type Padding = number | readonly number[];

/** @throws MisconfigurationError */
function checkedPadding(padding: Padding, count: number): readonly number[] {
  const numbers = typeof padding === "number" ? Array.from({ length: count }, () => padding) : padding;
  if (Array.isArray(numbers) && numbers.length === count && numbers.every(Number.isInteger)) return [...numbers];
  throw new MisconfigurationError({
    message: "A padding layer cannot have this padding.",
    expected: `an integer, or ${count} of them`,
    received: JSON.stringify(padding),
  });
}

/** What the padding layers share. */
class PaddingLayer extends Module {
  readonly padding: readonly number[];
  readonly #dimensions: number;
  readonly #options: PadOptions;

  constructor(dimensions: number, padding: Padding, options: PadOptions, more: readonly never[]) {
    super();
    refuseMore(`nn.${classNameOf(this)}`, more);
    if (typeof (options.value ?? 0) !== "number")
      throw new MisconfigurationError({
        message: `nn.${classNameOf(this)}: the value is no number.`,
        expected: "a padding and the number that fills it",
        received: describeValue(options.value),
      });
    this.padding = checkedPadding(padding, 2 * dimensions);
    this.#dimensions = dimensions;
    this.#options = options;
  }

  /** x [N, C, ...space], or without N. @throws ShapeError */
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => {
      if (x.rank < this.#dimensions + 1 || x.rank > this.#dimensions + 2)
        throw new ShapeError({
          message: "the input has the wrong number of dimensions.",
          expected: `[N, C${", length".repeat(this.#dimensions)}], or without N`,
          received: formatShape(x.shape),
          shapes: [x.shape],
        });
      return pad(x, this.padding, this.#options);
    });
  }

  override extraRepr(): string {
    return pyTuple(this.padding);
  }
}

/**
 * Continues sequences [N, C, L] by their mirror image.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ReflectionPad1d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4])).shape); // [1, 2, 6]
 * ```
 */
export class ReflectionPad1d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(1, padding, { mode: "reflect" }, more);
  }
}

/**
 * Continues images [N, C, H, W] by their mirror image.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ReflectionPad2d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4])).shape); // [1, 2, 6, 6]
 * ```
 */
export class ReflectionPad2d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(2, padding, { mode: "reflect" }, more);
  }
}

/**
 * Continues volumes [N, C, D, H, W] by their mirror image.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ReflectionPad3d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4, 4])).shape); // [1, 2, 6, 6, 6]
 * ```
 */
export class ReflectionPad3d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(3, padding, { mode: "reflect" }, more);
  }
}

/**
 * Continues sequences [N, C, L] by the nearest element.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ReplicationPad1d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4])).shape); // [1, 2, 6]
 * ```
 */
export class ReplicationPad1d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(1, padding, { mode: "replicate" }, more);
  }
}

/**
 * Continues images [N, C, H, W] by the nearest element.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ReplicationPad2d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4])).shape); // [1, 2, 6, 6]
 * ```
 */
export class ReplicationPad2d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(2, padding, { mode: "replicate" }, more);
  }
}

/**
 * Continues volumes [N, C, D, H, W] by the nearest element.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ReplicationPad3d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4, 4])).shape); // [1, 2, 6, 6, 6]
 * ```
 */
export class ReplicationPad3d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(3, padding, { mode: "replicate" }, more);
  }
}

/**
 * Continues sequences [N, C, L] by their other end.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.CircularPad1d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4])).shape); // [1, 2, 6]
 * ```
 */
export class CircularPad1d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(1, padding, { mode: "circular" }, more);
  }
}

/**
 * Continues images [N, C, H, W] by their other end.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.CircularPad2d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4])).shape); // [1, 2, 6, 6]
 * ```
 */
export class CircularPad2d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(2, padding, { mode: "circular" }, more);
  }
}

/**
 * Continues volumes [N, C, D, H, W] by their other end.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.CircularPad3d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4, 4])).shape); // [1, 2, 6, 6, 6]
 * ```
 */
export class CircularPad3d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(3, padding, { mode: "circular" }, more);
  }
}

/**
 * Continues sequences [N, C, L] by zeros.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ZeroPad1d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4])).shape); // [1, 2, 6]
 * ```
 */
export class ZeroPad1d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(1, padding, {}, more);
  }
}

/**
 * Continues sequences [N, C, L] by a number.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ConstantPad1d(1, 0.5);
 * console.log(layer.forward(tf.zeros([1, 2, 4])).shape); // [1, 2, 6]
 * ```
 */
export class ConstantPad1d extends PaddingLayer {
  constructor(
    padding: Padding,
    readonly value: number,
    ...more: readonly never[]
  ) {
    super(1, padding, { value }, more);
  }

  override extraRepr(): string {
    return `padding=${super.extraRepr()}, value=${pyNumber(this.value)}`;
  }
}

/**
 * Continues images [N, C, H, W] by zeros.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ZeroPad2d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4])).shape); // [1, 2, 6, 6]
 * ```
 */
export class ZeroPad2d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(2, padding, {}, more);
  }
}

/**
 * Continues images [N, C, H, W] by a number.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ConstantPad2d(1, 0.5);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4])).shape); // [1, 2, 6, 6]
 * ```
 */
export class ConstantPad2d extends PaddingLayer {
  constructor(
    padding: Padding,
    readonly value: number,
    ...more: readonly never[]
  ) {
    super(2, padding, { value }, more);
  }

  override extraRepr(): string {
    return `padding=${super.extraRepr()}, value=${pyNumber(this.value)}`;
  }
}

/**
 * Continues volumes [N, C, D, H, W] by zeros.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ZeroPad3d(1);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4, 4])).shape); // [1, 2, 6, 6, 6]
 * ```
 */
export class ZeroPad3d extends PaddingLayer {
  constructor(padding: Padding, ...more: readonly never[]) {
    super(3, padding, {}, more);
  }
}

/**
 * Continues volumes [N, C, D, H, W] by a number.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.ConstantPad3d(1, 0.5);
 * console.log(layer.forward(tf.zeros([1, 2, 4, 4, 4])).shape); // [1, 2, 6, 6, 6]
 * ```
 */
export class ConstantPad3d extends PaddingLayer {
  constructor(
    padding: Padding,
    readonly value: number,
    ...more: readonly never[]
  ) {
    super(3, padding, { value }, more);
  }

  override extraRepr(): string {
    return `padding=${super.extraRepr()}, value=${pyNumber(this.value)}`;
  }
}
