import type { tf } from "../../tensor/tf.js";
import { softmax } from "../functional/activations.js";
import { celu, glu, logsigmoid, mish, selu, softmin, softsign, tanhshrink } from "../functional/smooth-activations.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { pyFloat } from "../python-text.js";
import { LayerWithoutOptions } from "./layer-without-options.js";

/**
 * Is `x · tanh(log(1 + exp(x)))`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Mish().forward(tf.tensor1d([-1, 2])).print(); // -0.303, 1.944
 * ```
 */
export class Mish extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => mish(x));
  }
}

/**
 * Is an ELU whose constants keep mean and deviation from layer to layer (self-normalizing networks).
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.SELU().forward(tf.tensor1d([-1, 2])).print(); // -1.111, 2.101
 * ```
 */
export class SELU extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => selu(x));
  }
}

/**
 * Is `x / (1 + |x|)`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Softsign().forward(tf.tensor1d([-1, 3])).print(); // -0.5, 0.75
 * ```
 */
export class Softsign extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softsign(x));
  }
}

/**
 * Is `x - tanh(x)`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Tanhshrink().forward(tf.tensor1d([0, 1])).print(); // 0, 0.238
 * ```
 */
export class Tanhshrink extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => tanhshrink(x));
  }
}

/**
 * Is the logarithm of the sigmoid, computed without overflow.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.LogSigmoid().forward(tf.tensor1d([0, 1])).print(); // -0.693, -0.313
 * ```
 */
export class LogSigmoid extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => logsigmoid(x));
  }
}

/**
 * Is `x` above 0 and `alpha · (exp(x / alpha) - 1)` below.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.CELU(2).forward(tf.tensor1d([-1, 2])).print(); // -0.787, 2
 * ```
 */
export class CELU extends Module {
  readonly alpha: number;

  /** @param alpha @default 1 */
  constructor(alpha?: NumberOr<"alpha">, ...more: readonly never[]) {
    super();
    refuseMore("nn.CELU", more);
    this.alpha = namedOrFirst("nn.CELU", alpha, "alpha", 1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => celu(x, this.alpha));
  }

  override extraRepr(): string {
    return `alpha=${pyFloat(this.alpha)}`;
  }
}

/**
 * Multiplies the first half along dimension `dim` by the sigmoid of the second half.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * console.log(new nn.GLU().forward(tf.zeros([2, 8])).shape); // [2, 4]
 * ```
 */
export class GLU extends Module {
  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">, ...more: readonly never[]) {
    super();
    refuseMore("nn.GLU", more);
    this.dim = namedOrFirst("nn.GLU", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => glu(x, this.dim));
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * Turns the values along dimension `dim` into probabilities, the smallest value into the largest one.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Softmin(1).forward(tf.tensor2d([[0, 1]])).print(); // 0.731, 0.269
 * ```
 */
export class Softmin extends Module {
  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">, ...more: readonly never[]) {
    super();
    refuseMore("nn.Softmin", more);
    this.dim = namedOrFirst("nn.Softmin", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softmin(x, this.dim));
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * Softmax over the channels of x [N, C, H, W] or [C, H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Softmax2d();
 * console.log(layer.forward(tf.zeros([2, 3, 4, 4])).shape); // [2, 3, 4, 4]
 * ```
 */
export class Softmax2d extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softmax(x, -3));
  }
}
