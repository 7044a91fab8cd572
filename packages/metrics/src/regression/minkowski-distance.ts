import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { asFloats } from "../base/as-floats.js";
import { refusedOption } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";

export interface MinkowskiDistanceOptions {
  /** The order of the norm, at least 1: 1 is Manhattan's distance, 2 is Euclid's. */
  readonly p: number;
}

function orderOf(owner: string, options: MinkowskiDistanceOptions): number {
  rejectUnknownOptions(owner, options, ["p"]);
  if (!(options.p >= 1)) throw refusedOption(owner, "p", options.p, "a number of at least 1");
  return options.p;
}

function sumOfPowers(preds: tf.Tensor, target: tf.Tensor, p: number): tf.Tensor {
  requireSameShape("MinkowskiDistance", preds, target);
  return tf.sum(tf.pow(tf.abs(tf.sub(asFloats(preds), asFloats(target))), p));
}

/**
 * The p-norm of the difference, over all elements.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; differentiable
 */
export function minkowskiDistance(preds: tf.Tensor, target: tf.Tensor, options: MinkowskiDistanceOptions): tf.Tensor {
  const p = orderOf("minkowskiDistance", options);
  return tf.pow(sumOfPowers(preds, target, p), 1 / p);
}

/**
 * The p-norm of the difference, over all elements of all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MinkowskiDistance } from "@lightning-ts/metrics";
 *
 * const distance = new MinkowskiDistance({ p: 2 });
 * distance.update(tf.tensor1d([0, 0]), tf.tensor1d([3, 4]));
 * console.log(distance.compute().dataSync()[0]); // 5
 * ```
 */
export class MinkowskiDistance extends Metric {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly fullStateUpdate = false;
  readonly p: number;
  readonly #sum = this.addState("sum", { reduce: "sum" });

  constructor(options: MinkowskiDistanceOptions) {
    super(options);
    this.p = orderOf("MinkowskiDistance", options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    addTo(this.#sum, sumOfPowers(preds, target, this.p));
  }

  override compute(): tf.Tensor {
    return tf.pow(this.#sum, 1 / this.p);
  }
}
