import type { Parameter } from "../../autograd/parameter.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
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
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { checkCount } from "../size.js";
import { LayerWithoutOptions } from "./layer-without-options.js";

export class ReLU6 extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => relu6(x));
  }
}

export class Hardsigmoid extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardsigmoid(x));
  }
}

export class Hardswish extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardswish(x));
  }
}

export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(options: HardtanhOptions = {}) {
    super();
    rejectUnknownOptions("nn.Hardtanh", options, ["minVal", "maxVal"]);
    this.minVal = options.minVal ?? -1;
    this.maxVal = options.maxVal ?? 1;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardtanh(x, { minVal: this.minVal, maxVal: this.maxVal }));
  }
}

export class Threshold extends Module {
  constructor(
    readonly threshold: number,
    readonly value: number,
  ) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => threshold(x, this.threshold, this.value));
  }
}

export interface PReluOptions {
  /** Slopes: one for all channels, or one each. @default 1 */
  readonly numParameters?: number | undefined;
  /** @default 0.25 */
  readonly init?: number | undefined;
}

/** x where it is positive, else learned slopes times x. */
export class PReLU extends Module {
  /** [numParameters] */
  readonly weight: Parameter;

  constructor(options: PReluOptions = {}) {
    super();
    rejectUnknownOptions("nn.PReLU", options, ["numParameters", "init"]);
    const { numParameters = 1, init = 0.25 } = options;
    checkCount(numParameters, "numParameters");
    this.weight = filledParameter([numParameters], init);
  }

  /** x [N, C, ...] */
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => prelu(x, this.weight));
  }
}

export class Hardshrink extends Module {
  readonly lambd: number;

  /** @param lambd @default 0.5 */
  constructor(lambd?: NumberOr<"lambd">) {
    super();
    this.lambd = namedOrFirst("nn.Hardshrink", lambd, "lambd", 0.5);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => hardshrink(x, this.lambd));
  }
}

export class Softshrink extends Module {
  readonly lambd: number;

  /** @param lambd @default 0.5 */
  constructor(lambd?: NumberOr<"lambd">) {
    super();
    this.lambd = namedOrFirst("nn.Softshrink", lambd, "lambd", 0.5);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softshrink(x, this.lambd));
  }
}
