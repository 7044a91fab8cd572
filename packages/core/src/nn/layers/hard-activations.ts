import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { describeValue } from "../../errors/describe-value.js";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { filledParameter } from "../default-parameters.js";
import {
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  prelu,
  relu6,
  softshrink,
  threshold,
  type HardtanhOptions,
} from "../functional/hard-activations.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { pyFloat, pyNumber } from "../python-text.js";
import { checkCount } from "../size.js";
import { LayerWithoutOptions } from "./layer-without-options.js";

/**
 * Is `x`, but at least 0 and at most 6.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.ReLU6().forward(tf.tensor1d([-1, 3, 9])).print(); // 0, 3, 6
 * ```
 */
export class ReLU6 extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => relu6(x));
  }
}

/**
 * Is `(x + 3) / 6`, but at least 0 and at most 1.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Hardsigmoid().forward(tf.tensor1d([-9, 0, 9])).print(); // 0, 0.5, 1
 * ```
 */
export class Hardsigmoid extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardsigmoid(x));
  }
}

/**
 * Is `x` times its hard sigmoid.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Hardswish().forward(tf.tensor1d([-3, 0, 3])).print(); // 0, 0, 3
 * ```
 */
export class Hardswish extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardswish(x));
  }
}

/**
 * Is `x`, but at least `minVal` and at most `maxVal`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Hardtanh({ minVal: -2, maxVal: 2 }).forward(tf.tensor1d([-3, 1, 3])).print(); // -2, 1, 2
 * ```
 */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(options: HardtanhOptions = {}, ...more: readonly never[]) {
    super();
    checkOptions("nn.Hardtanh", options, ["minVal", "maxVal"]);
    refuseMore("nn.Hardtanh", more);
    this.minVal = options.minVal ?? -1;
    this.maxVal = options.maxVal ?? 1;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardtanh(x, { minVal: this.minVal, maxVal: this.maxVal }));
  }

  override extraRepr(): string {
    return `min_val=${pyFloat(this.minVal)}, max_val=${pyFloat(this.maxVal)}`;
  }
}

/**
 * Is `x` where it is above the threshold, and a fixed value elsewhere.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Threshold(1, 20).forward(tf.tensor1d([0.5, 2])).print(); // 20, 2
 * ```
 */
export class Threshold extends Module {
  constructor(
    readonly threshold: number,
    readonly value: number,
    ...more: readonly never[]
  ) {
    super();
    checkNumber("threshold", threshold);
    checkNumber("value", value);
    refuseMore("nn.Threshold", more);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => threshold(x, this.threshold, this.value));
  }

  override extraRepr(): string {
    return `threshold=${pyNumber(this.threshold)}, value=${pyNumber(this.value)}`;
  }
}

export interface PReluOptions {
  /** Slopes: one for all channels, or one each. @default 1 */
  readonly numParameters?: number | undefined;
  /** @default 0.25 */
  readonly init?: number | undefined;
}

/**
 * x where it is positive, else learned slopes times x.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.PReLU().forward(tf.tensor1d([-1, 2])).print(); // -0.25, 2
 * ```
 */
export class PReLU extends Module {
  /** [numParameters] */
  weight: Parameter;

  /** @param given how many slopes, or an object with `numParameters` and `init` */
  constructor(given: number | PReluOptions = {}, ...more: readonly never[]) {
    super();
    refuseMore("nn.PReLU", more);
    const options = typeof given === "number" ? { numParameters: given } : given;
    checkOptions("nn.PReLU", options, ["numParameters", "init"]);
    const { numParameters = 1, init = 0.25 } = options;
    checkCount(numParameters, "numParameters");
    this.weight = filledParameter([numParameters], init);
  }

  /** x [N, C, ...] */
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => prelu(x, this.weight));
  }

  override extraRepr(): string {
    return `num_parameters=${this.weight.size}`;
  }
}

/**
 * Is 0 where `|x|` is at most `lambd`, and `x` elsewhere.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Hardshrink(0.5).forward(tf.tensor1d([0.2, 2])).print(); // 0, 2
 * ```
 */
export class Hardshrink extends Module {
  readonly lambd: number;

  /** @param lambd @default 0.5 */
  constructor(lambd?: NumberOr<"lambd">, ...more: readonly never[]) {
    super();
    refuseMore("nn.Hardshrink", more);
    this.lambd = namedOrFirst("nn.Hardshrink", lambd, "lambd", 0.5);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardshrink(x, this.lambd));
  }

  override extraRepr(): string {
    return pyFloat(this.lambd);
  }
}

/**
 * Moves `x` towards 0 by `lambd`; where `|x|` is at most `lambd` the result is 0.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * new nn.Softshrink(0.5).forward(tf.tensor1d([0.2, 2])).print(); // 0, 1.5
 * ```
 */
export class Softshrink extends Module {
  readonly lambd: number;

  /** @param lambd @default 0.5 */
  constructor(lambd?: NumberOr<"lambd">, ...more: readonly never[]) {
    super();
    refuseMore("nn.Softshrink", more);
    this.lambd = namedOrFirst("nn.Softshrink", lambd, "lambd", 0.5);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softshrink(x, this.lambd));
  }

  override extraRepr(): string {
    return pyFloat(this.lambd);
  }
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value === "number") return;
  throw new MisconfigurationError({
    message: `nn.Threshold: ${name} is no number.`,
    expected: "new nn.Threshold(threshold, value)",
    received: describeValue(value),
  });
}
