import type { tf } from "@lightning-ts/core";
import type { NoOptions } from "../base/no-options.js";
import { rPrecisionOf } from "./ranking-scores.js";
import { RetrievalMetric, scoreOfQuery, type Ranking, type RetrievalOptions } from "./retrieval-metric.js";

const RANKING: Ranking = { name: "RetrievalRPrecision", scoreOf: rPrecisionOf, options: [] };

/**
 * The share of relevant things among as many of the best as there are relevant ones, for one query that is read from
 * the device.
 * @param preds how relevant each thing seems, float32
 * @param target whether it is: 0 or 1
 */
export function retrievalRPrecision(preds: tf.Tensor, target: tf.Tensor, options: NoOptions = {}): tf.Tensor {
  return scoreOfQuery(RANKING, { preds, target }, options);
}

/**
 * The share of relevant things among as many of the best as there are relevant ones, over the queries of all batches.
 * It keeps what was found until `compute`, which reads it from the device; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RetrievalRPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new RetrievalRPrecision();
 * const queries = tf.tensor1d([0, 0, 0, 1, 1], "int32");
 * metric.update(tf.tensor1d([0.2, 0.3, 0.5, 0.1, 0.3]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), queries);
 * console.log(metric.compute().dataSync()[0]?.toFixed(3)); // 0.000
 * ```
 */
export class RetrievalRPrecision extends RetrievalMetric {
  constructor(options: RetrievalOptions = {}) {
    super(RANKING, options);
  }
}
