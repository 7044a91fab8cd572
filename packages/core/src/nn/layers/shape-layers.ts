import { reshape } from "../../kernels/reshape.js";
import type { tf } from "../../tensor/tf.js";
import { Module } from "../module.js";

/** Joins the dimensions from `startDim` to `endDim` into one. */
export class Flatten extends Module {
  /** @param startDim @default 1 @param endDim @default -1 */
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const end = this.endDim < 0 ? x.rank + this.endDim : this.endDim;
    const start = this.startDim < 0 ? x.rank + this.startDim : this.startDim;
    if (end <= start) return x;
    const joined = x.shape.slice(start, end + 1).reduce((product, length) => product * length, 1);
    return reshape(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)]);
  }
}

/** Returns its input. */
export class Identity extends Module {
  override forward(x: tf.Tensor): tf.Tensor {
    return x;
  }
}
