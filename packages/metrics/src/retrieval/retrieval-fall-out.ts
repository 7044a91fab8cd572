import type { tf } from "@lightning-ts/core";
import { fallOutOf } from "./ranking-scores.js";
import {
  RetrievalMetric,
  scoreOfQuery,
  type Ranking,
  type RankingOptions,
  type RetrievalTopKOptions,
} from "./retrieval-metric.js";

const RANKING: Ranking = { name: "RetrievalFallOut", scoreOf: fallOutOf, options: ["topK"], isOfIrrelevant: true };

/**
 * The share of irrelevant things that are among the best; 0 is best, for one query that is read from the device.
 * @param preds how relevant each thing seems, float32
 * @param target whether it is: 0 or 1
 */
export function retrievalFallOut(preds: tf.Tensor, target: tf.Tensor, options: RankingOptions = {}): tf.Tensor {
  return scoreOfQuery(RANKING, { preds, target }, options);
}

/**
 * The share of irrelevant things that are among the best; 0 is best, over the queries of all batches. It keeps what was
 * found until `compute`, which reads it from the device; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RetrievalFallOut } from "@lightning-ts/metrics";
 *
 * const metric = new RetrievalFallOut();
 * const queries = tf.tensor1d([0, 0, 0, 1, 1], "int32");
 * metric.update(tf.tensor1d([0.2, 0.3, 0.5, 0.1, 0.3]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), queries);
 * console.log(metric.compute().dataSync()[0]?.toFixed(3)); // 1.000
 * ```
 */
export class RetrievalFallOut extends RetrievalMetric {
  override readonly higherIsBetter = false;
  constructor(options: RetrievalTopKOptions = {}) {
    super(RANKING, options);
  }
}
