import type { tf } from "@lightning-ts/core";
import { reducedRows, RowValues } from "../base/row-values.js";
import { divergenceSettings, relativeEntropies, type DivergenceOptions } from "./divergence.js";

/**
 * Kullback and Leibler's divergence of p from q, Σ p log(p / q) of each row: what coding p costs when q is expected.
 * @param p [rows, columns], a distribution in each row
 * @param q the same shape
 * @returns a scalar, or [rows] for `reduction: "none"`; differentiable
 */
export function klDivergence(p: tf.Tensor, q: tf.Tensor, options: DivergenceOptions = {}): tf.Tensor {
  const { logProb, reduction } = divergenceSettings("klDivergence", options);
  return reducedRows(relativeEntropies(p, q, logProb), reduction);
}

/**
 * Kullback and Leibler's divergence of p from q over all batches, Σ p log(p / q) of each row: what coding p costs when
 * q is expected.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { KLDivergence } from "@lightning-ts/metrics";
 *
 * const divergence = new KLDivergence();
 * divergence.update(tf.tensor2d([[0.36, 0.48, 0.16]]), tf.tensor2d([[1 / 3, 1 / 3, 1 / 3]]));
 * console.log(divergence.compute().dataSync()[0]?.toFixed(4)); // 0.0853
 * ```
 */
export class KLDivergence extends RowValues {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  readonly logProb: boolean;

  constructor(options: DivergenceOptions = {}) {
    const { logProb, reduction } = divergenceSettings("KLDivergence", options);
    super("KLDivergence", reduction, options);
    this.logProb = logProb;
  }

  /** @param p and `q` are [rows, columns] */
  override update(p: tf.Tensor, q: tf.Tensor): void {
    this.addRows(relativeEntropies(p, q, this.logProb));
  }
}
