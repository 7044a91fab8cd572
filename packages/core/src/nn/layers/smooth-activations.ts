import type { tf } from "../../tensor/tf.js";
import { softmax } from "../functional/activations.js";
import { celu, glu, logsigmoid, mish, selu, softmin, softsign, tanhshrink } from "../functional/smooth-activations.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { LayerWithoutOptions } from "./layer-without-options.js";

export class Mish extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => mish(x));
  }
}

export class SELU extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => selu(x));
  }
}

export class Softsign extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softsign(x));
  }
}

export class Tanhshrink extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => tanhshrink(x));
  }
}

export class LogSigmoid extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => logsigmoid(x));
  }
}

export class CELU extends Module {
  readonly alpha: number;

  /** @param alpha @default 1 */
  constructor(alpha?: NumberOr<"alpha">) {
    super();
    this.alpha = namedOrFirst("nn.CELU", alpha, "alpha", 1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => celu(x, this.alpha));
  }
}

export class GLU extends Module {
  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">) {
    super();
    this.dim = namedOrFirst("nn.GLU", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => glu(x, this.dim));
  }
}

export class Softmin extends Module {
  readonly dim: number;

  /** @param dim @default -1 */
  constructor(dim?: NumberOr<"dim">) {
    super();
    this.dim = namedOrFirst("nn.Softmin", dim, "dim", -1);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softmin(x, this.dim));
  }
}

/** Softmax over the channels of x [N, C, H, W] or [C, H, W]. */
export class Softmax2d extends LayerWithoutOptions {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => softmax(x, -3));
  }
}
