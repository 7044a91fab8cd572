import { refuseMore } from "../../errors/refuse-more.js";
import { tf } from "../../tensor/tf.js";
import { asTensor, broadcastTo, type Value } from "../broadcast.js";
import type { Transform } from "./transform.js";

/**
 * `loc + scale · x`.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const transform = new distributions.AffineTransform(1, 2);
 * transform.forward(tf.tensor1d([0, 1])).print(); // 1, 3
 * ```
 */
export class AffineTransform implements Transform {
  readonly loc: tf.Tensor;
  readonly scale: tf.Tensor;

  constructor(loc: Value, scale: Value, ...more: readonly never[]) {
    refuseMore("AffineTransform", more);
    this.loc = asTensor(loc);
    this.scale = asTensor(scale);
  }

  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(this.loc, tf.mul(this.scale, x));
  }

  inverse(y: tf.Tensor): tf.Tensor {
    return tf.div(tf.sub(y, this.loc), this.scale);
  }

  logAbsDetJacobian(x: tf.Tensor, _y?: tf.Tensor): tf.Tensor {
    return broadcastTo(tf.log(tf.abs(this.scale)), x.shape);
  }
}
