import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
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
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { LayerWithoutOptions } from "./layer-without-options.js";

export class ReLU extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => relu(x));
  }
}

export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  /** @param negativeSlope @default 0.01 */
  constructor(negativeSlope?: NumberOr<"negativeSlope">) {
    super();
    this.negativeSlope = namedOrFirst("nn.LeakyReLU", negativeSlope, "negativeSlope", 0.01);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => leakyRelu(x, this.negativeSlope));
  }
}

export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor(options: GeluOptions = {}) {
    super();
    rejectUnknownOptions("nn.GELU", options, ["approximate"]);
    this.approximate = options.approximate ?? "none";
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => gelu(x, { approximate: this.approximate }));
  }
}

export class ELU extends Module {
  readonly alpha: number;

  /** @param alpha @default 1 */
  constructor(alpha?: NumberOr<"alpha">) {
    super();
    this.alpha = namedOrFirst("nn.ELU", alpha, "alpha", 1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => elu(x, this.alpha));
  }
}

export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(options: SoftplusOptions = {}) {
    super();
    rejectUnknownOptions("nn.Softplus", options, ["beta", "threshold"]);
    this.beta = options.beta ?? 1;
    this.threshold = options.threshold ?? 20;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softplus(x, { beta: this.beta, threshold: this.threshold }));
  }
}

export class Tanh extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => tanh(x));
  }
}

export class Sigmoid extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => sigmoid(x));
  }
}

export class SiLU extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => silu(x));
  }
}

export class Softmax extends Module {
  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">) {
    super();
    this.dim = namedOrFirst("nn.Softmax", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softmax(x, this.dim));
  }
}

export class LogSoftmax extends Module {
  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">) {
    super();
    this.dim = namedOrFirst("nn.LogSoftmax", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => logSoftmax(x, this.dim));
  }
}
