import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import {
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
  type GeluOptions,
  type SoftplusOptions,
} from "../functional/activations.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { pyFloat } from "../python-text.js";
import { LayerWithoutOptions } from "./layer-without-options.js";

/**
 * Is `max(x, 0)`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.ReLU().forward(tf.tensor1d([-1, 2])).print(); // 0, 2
 * ```
 */
export class ReLU extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => relu(x));
  }
}

/**
 * Is `x` above 0 and `negativeSlope · x` below.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.LeakyReLU(0.1).forward(tf.tensor1d([-1, 2])).print(); // -0.1, 2
 * ```
 */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  /** @param negativeSlope @default 0.01 */
  constructor(negativeSlope?: NumberOr<"negativeSlope">, ...more: readonly never[]) {
    super();
    refuseMore("nn.LeakyReLU", more);
    this.negativeSlope = namedOrFirst("nn.LeakyReLU", negativeSlope, "negativeSlope", 0.01);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => leakyRelu(x, this.negativeSlope));
  }

  override extraRepr(): string {
    return `negative_slope=${pyFloat(this.negativeSlope)}`;
  }
}

/**
 * Is `x` times the probability that a standard normal variable is below `x`; exact, or by tanh.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.GELU({ approximate: "tanh" }).forward(tf.tensor1d([0, 1])).print(); // 0, 0.841
 * ```
 */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor(options: GeluOptions = {}, ...more: readonly never[]) {
    super();
    checkOptions("nn.GELU", options, ["approximate"]);
    refuseMore("nn.GELU", more);
    this.approximate = options.approximate ?? "none";
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => gelu(x, { approximate: this.approximate }));
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/**
 * Is `x` above 0 and `alpha · (exp(x) - 1)` below.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.ELU().forward(tf.tensor1d([-1, 2])).print(); // -0.632, 2
 * ```
 */
export class ELU extends Module {
  readonly alpha: number;

  /** @param alpha @default 1 */
  constructor(alpha?: NumberOr<"alpha">, ...more: readonly never[]) {
    super();
    refuseMore("nn.ELU", more);
    this.alpha = namedOrFirst("nn.ELU", alpha, "alpha", 1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => elu(x, this.alpha));
  }

  override extraRepr(): string {
    return `alpha=${pyFloat(this.alpha)}`;
  }
}

/**
 * Is `log(1 + exp(beta · x)) / beta`, a smooth ReLU.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.Softplus().forward(tf.tensor1d([0])).print(); // 0.693
 * ```
 */
export class Softplus extends Module {
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static override readonly name: string = "Softplus";

  readonly beta: number;
  readonly threshold: number;

  constructor(options: SoftplusOptions = {}, ...more: readonly never[]) {
    super();
    checkOptions("nn.Softplus", options, ["beta", "threshold"]);
    refuseMore("nn.Softplus", more);
    this.beta = options.beta ?? 1;
    this.threshold = options.threshold ?? 20;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softplus(x, { beta: this.beta, threshold: this.threshold }));
  }

  override extraRepr(): string {
    return `beta=${pyFloat(this.beta)}, threshold=${pyFloat(this.threshold)}`;
  }
}

/**
 * Is the hyperbolic tangent, between -1 and 1.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.Tanh().forward(tf.tensor1d([0, 1])).print(); // 0, 0.762
 * ```
 */
export class Tanh extends LayerWithoutOptions {
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static override readonly name: string = "Tanh";

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => tanh(x));
  }
}

/**
 * Is `1 / (1 + exp(-x))`, between 0 and 1.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.Sigmoid().forward(tf.tensor1d([0, 1])).print(); // 0.5, 0.731
 * ```
 */
export class Sigmoid extends LayerWithoutOptions {
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static override readonly name: string = "Sigmoid";

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => sigmoid(x));
  }
}

/**
 * Is `x · sigmoid(x)`, also called swish.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.SiLU().forward(tf.tensor1d([0, 1])).print(); // 0, 0.731
 * ```
 */
export class SiLU extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => silu(x));
  }
}

/**
 * Turns the values along dimension `dim` into probabilities that add up to 1.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.Softmax(1).forward(tf.zeros([1, 2])).print(); // 0.5, 0.5
 * ```
 */
export class Softmax extends Module {
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static override readonly name: string = "Softmax";

  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">, ...more: readonly never[]) {
    super();
    refuseMore("nn.Softmax", more);
    this.dim = namedOrFirst("nn.Softmax", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softmax(x, this.dim));
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * Is the logarithm of the softmax along dimension `dim`, computed without overflow.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * new nn.LogSoftmax(1).forward(tf.zeros([1, 2])).print(); // -0.693, -0.693
 * ```
 */
export class LogSoftmax extends Module {
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static override readonly name: string = "LogSoftmax";

  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">, ...more: readonly never[]) {
    super();
    refuseMore("nn.LogSoftmax", more);
    this.dim = namedOrFirst("nn.LogSoftmax", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => logSoftmax(x, this.dim));
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
