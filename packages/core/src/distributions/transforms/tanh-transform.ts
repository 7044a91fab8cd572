import { refuseMore } from "../../errors/refuse-more.js";
import { tf } from "../../tensor/tf.js";
import { softplus } from "../special.js";
import type { Transform } from "./transform.js";

/**
 * `tanh(x)`.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const transform = new distributions.TanhTransform();
 * transform.forward(tf.tensor1d([0, 1])).print(); // 0, 0.762
 * ```
 */
export class TanhTransform implements Transform {
  constructor(...more: readonly never[]) {
    refuseMore("TanhTransform", more);
  }

  forward(x: tf.Tensor): tf.Tensor {
    return tf.tanh(x);
  }

  /** Infinite at ±1: keep x, or clamp y, where rounding may reach them. */
  inverse(y: tf.Tensor): tf.Tensor {
    return tf.atanh(y);
  }

  /** `log(1 - tanh(x)²)` without cancellation. */
  logAbsDetJacobian(x: tf.Tensor, _y?: tf.Tensor): tf.Tensor {
    return tf.mul(tf.sub(tf.sub(Math.LN2, x), softplus(tf.mul(x, -2))), 2);
  }
}
