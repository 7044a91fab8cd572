import type { tf } from "@lightning-ts/core";
import { normalizedGainOf } from "./ranking-scores.js";
import {
  RetrievalMetric,
  scoreOfQuery,
  type Ranking,
  type RankingOptions,
  type RetrievalTopKOptions,
} from "./retrieval-metric.js";

const RANKING: Ranking = {
  name: "RetrievalNormalizedDCG",
  scoreOf: normalizedGainOf,
  options: ["topK"],
  hasDegrees: true,
};

/**
 * The gain, less the further down it is, as a share of that of the best order, for one query that is read from the
 * device.
 * @param preds how relevant each thing seems, float32
 * @param target how relevant it is, from 0 on
 */
export function retrievalNormalizedDcg(preds: tf.Tensor, target: tf.Tensor, options: RankingOptions = {}): tf.Tensor {
  return scoreOfQuery(RANKING, { preds, target }, options);
}

/**
 * The gain, less the further down it is, as a share of that of the best order, over the queries of all batches. It
 * keeps what was found until `compute`, which reads it from the device; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RetrievalNormalizedDCG } from "@lightning-ts/metrics";
 *
 * const metric = new RetrievalNormalizedDCG();
 * const queries = tf.tensor1d([0, 0, 0, 1, 1], "int32");
 * metric.update(tf.tensor1d([0.2, 0.3, 0.5, 0.1, 0.3]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), queries);
 * console.log(metric.compute().dataSync()[0]?.toFixed(3)); // 0.631
 * ```
 */
export class RetrievalNormalizedDCG extends RetrievalMetric {
  constructor(options: RetrievalTopKOptions = {}) {
    super(RANKING, options);
  }
}
