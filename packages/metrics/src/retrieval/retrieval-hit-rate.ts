import type { tf } from "@lightning-ts/core";
import { hitRateOf } from "./ranking-scores.js";
import {
  RetrievalMetric,
  scoreOfQuery,
  type Ranking,
  type RankingOptions,
  type RetrievalTopKOptions,
} from "./retrieval-metric.js";

const RANKING: Ranking = { name: "RetrievalHitRate", scoreOf: hitRateOf, options: ["topK"] };

/**
 * 1 where something relevant is among the best, else 0, for one query that is read from the device.
 * @param preds how relevant each thing seems, float32
 * @param target whether it is: 0 or 1
 */
export function retrievalHitRate(preds: tf.Tensor, target: tf.Tensor, options: RankingOptions = {}): tf.Tensor {
  return scoreOfQuery(RANKING, { preds, target }, options);
}

/**
 * 1 where something relevant is among the best, else 0, over the queries of all batches. It keeps what was found until
 * `compute`, which reads it from the device; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RetrievalHitRate } from "@lightning-ts/metrics";
 *
 * const metric = new RetrievalHitRate();
 * const queries = tf.tensor1d([0, 0, 0, 1, 1], "int32");
 * metric.update(tf.tensor1d([0.2, 0.3, 0.5, 0.1, 0.3]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), queries);
 * console.log(metric.compute().dataSync()[0]?.toFixed(3)); // 1.000
 * ```
 */
export class RetrievalHitRate extends RetrievalMetric {
  constructor(options: RetrievalTopKOptions = {}) {
    super(RANKING, options);
  }
}
