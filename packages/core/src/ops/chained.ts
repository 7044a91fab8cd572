import { Tensor } from "@tensorflow/tfjs-core";
import { logSumExp } from "./log-sum-exp.js";
import { mean } from "./mean.js";
import { norm } from "./norm.js";

/** Makes `x.norm()` and its like the functions of this folder, as `tf.norm(x)` is. */
export function registerChainedOps(): void {
  const methods = { logSumExp, mean, norm };
  for (const [name, apply] of Object.entries<(x: Tensor, ...rest: never[]) => Tensor>(methods)) {
    Object.defineProperty(Tensor.prototype, name, {
      configurable: true,
      writable: true,
      value(this: Tensor, ...rest: never[]): Tensor {
        this.throwIfDisposed();
        return apply(this, ...rest);
      },
    });
  }
}
