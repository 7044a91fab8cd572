import { classNameOf } from "../../errors/class-name.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { tf } from "../../tensor/tf.js";
import { dropout } from "../functional/dropout.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { namedOrFirst, type NumberOr } from "../named-or-first.js";
import { pyFloat } from "../python-text.js";

/**
 * Zeroes elements with probability `p` in training and scales the others by 1 / (1 - p); the identity in evaluation.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Dropout(0.5);
 * layer.eval();
 * layer.forward(tf.ones([4])).print(); // 1, 1, 1, 1: it drops in training only
 * ```
 */
export class Dropout extends Module {
  readonly p: number;

  /** @param p 0 to 1. @default 0.5 */
  constructor(p?: NumberOr<"p">, ...more: readonly never[]) {
    super();
    const name = `nn.${classNameOf(this)}`;
    refuseMore(name, more);
    this.p = namedOrFirst(name, p, "p", 0.5);
    if (!(this.p >= 0 && this.p <= 1))
      throw new MisconfigurationError({
        message: `${name}: this is no probability.`,
        expected: "p from 0 to 1",
        received: String(this.p),
      });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout(x, { p: this.p, training: this.training }));
  }

  override extraRepr(): string {
    return `p=${pyFloat(this.p)}, inplace=False`;
  }
}
