import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { tf } from "../../tensor/tf.js";
import { dropout } from "../functional/dropout.js";
import { Module } from "../module.js";

/**
 * Zeroes elements with probability `p` in training and scales the others by 1 / (1 - p); the identity in evaluation.
 */
export class Dropout extends Module {
  /** @param p 0 … 1. @default 0.5 */
  constructor(readonly p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1))
      throw new MisconfigurationError({
        message: "nn.Dropout: this is no probability.",
        expected: "p from 0 to 1",
        received: String(p),
      });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return dropout(x, { p: this.p, training: this.training });
  }
}
