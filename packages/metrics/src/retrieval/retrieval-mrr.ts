import type { tf } from "@lightning-ts/core";
import { reciprocalRankOf } from "./ranking-scores.js";
import {
  RetrievalMetric,
  scoreOfQuery,
  type Ranking,
  type RankingOptions,
  type RetrievalTopKOptions,
} from "./retrieval-metric.js";

const RANKING: Ranking = { name: "RetrievalMRR", scoreOf: reciprocalRankOf, options: ["topK"] };

/**
 * 1 / the rank of the first relevant thing, for one query that is read from the device.
 * @param preds how relevant each thing seems, float32
 * @param target whether it is: 0 or 1
 */
export function retrievalReciprocalRank(preds: tf.Tensor, target: tf.Tensor, options: RankingOptions = {}): tf.Tensor {
  return scoreOfQuery(RANKING, { preds, target }, options);
}

/**
 * 1 / the rank of the first relevant thing, over the queries of all batches. It keeps what was found until `compute`,
 * which reads it from the device; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RetrievalMRR } from "@lightning-ts/metrics";
 *
 * const metric = new RetrievalMRR();
 * const queries = tf.tensor1d([0, 0, 0, 1, 1], "int32");
 * metric.update(tf.tensor1d([0.2, 0.3, 0.5, 0.1, 0.3]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), queries);
 * console.log(metric.compute().dataSync()[0]?.toFixed(3)); // 0.500
 * ```
 */
export class RetrievalMRR extends RetrievalMetric {
  constructor(options: RetrievalTopKOptions = {}) {
    super(RANKING, options);
  }
}
