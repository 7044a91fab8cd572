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
} from "../functional/activations.js";
import { Module } from "../module.js";

export class ReLU extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return relu(x);
  }
}

export class LeakyReLU extends Module {
  /** @param negativeSlope @default 0.01 */
  constructor(readonly negativeSlope = 0.01) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return leakyRelu(x, this.negativeSlope);
  }
}

export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor(options: { readonly approximate?: "none" | "tanh" | undefined } = {}) {
    super();
    this.approximate = options.approximate ?? "none";
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return gelu(x, { approximate: this.approximate });
  }
}

export class ELU extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return elu(x);
  }
}

export class Softplus extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return softplus(x);
  }
}

export class Tanh extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return tanh(x);
  }
}

export class Sigmoid extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return sigmoid(x);
  }
}

export class SiLU extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return silu(x);
  }
}

export class Softmax extends Module {
  /** @param dim @default -1 */
  constructor(readonly dim = -1) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return softmax(x, this.dim);
  }
}

export class LogSoftmax extends Module {
  /** @param dim @default -1 */
  constructor(readonly dim = -1) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return logSoftmax(x, this.dim);
  }
}
