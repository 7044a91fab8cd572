import type { tf } from "@lightning-ts/core";
import { reducedRows, RowValues } from "../base/row-values.js";
import { divergenceSettings, middleEntropies, type DivergenceOptions } from "./divergence.js";

/**
 * Jensen and Shannon's divergence of each row: the mean of the divergences of p and of q from the middle of both.
 * @param p [rows, columns], a distribution in each row
 * @param q the same shape
 * @returns a scalar, or [rows] for `reduction: "none"`; differentiable
 */
export function jensenShannonDivergence(p: tf.Tensor, q: tf.Tensor, options: DivergenceOptions = {}): tf.Tensor {
  const { logProb, reduction } = divergenceSettings("jensenShannonDivergence", options);
  return reducedRows(middleEntropies(p, q, logProb), reduction);
}

/**
 * Jensen and Shannon's divergence of each row over all batches: the mean of the divergences of p and of q from the
 * middle of both.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { JensenShannonDivergence } from "@lightning-ts/metrics";
 *
 * const divergence = new JensenShannonDivergence();
 * divergence.update(tf.tensor2d([[0.36, 0.48, 0.16]]), tf.tensor2d([[1 / 3, 1 / 3, 1 / 3]]));
 * console.log(divergence.compute().dataSync()[0]?.toFixed(4)); // 0.0225
 * ```
 */
export class JensenShannonDivergence extends RowValues {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = Math.LN2;
  readonly logProb: boolean;

  constructor(options: DivergenceOptions = {}) {
    const { logProb, reduction } = divergenceSettings("JensenShannonDivergence", options);
    super("JensenShannonDivergence", reduction, options);
    this.logProb = logProb;
  }

  /** @param p and `q` are [rows, columns] */
  override update(p: tf.Tensor, q: tf.Tensor): void {
    this.addRows(middleEntropies(p, q, this.logProb));
  }
}
