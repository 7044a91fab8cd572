import { tf } from "../../tensor/tf.js";
import { asTensor, broadcastTo, type Value } from "../broadcast.js";
import type { Transform } from "./transform.js";

/** `loc + scale · x`. */
export class AffineTransform implements Transform {
  readonly loc: tf.Tensor;
  readonly scale: tf.Tensor;

  constructor(loc: Value, scale: Value) {
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
