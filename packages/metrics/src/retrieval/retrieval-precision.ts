import type { tf } from "@lightning-ts/core";
import { precisionOf } from "./ranking-scores.js";
import {
  RetrievalMetric,
  scoreOfQuery,
  type Ranking,
  type RankingOptions,
  type RetrievalTopKOptions,
} from "./retrieval-metric.js";

export interface RetrievalPrecisionFormOptions extends RankingOptions {
  /** Divides by how many things there are, where these are fewer than `topK`. @default false */
  readonly adaptiveK?: boolean | undefined;
}

export interface RetrievalPrecisionOptions extends RetrievalTopKOptions {
  /** Divides by how many things a query has, where these are fewer than `topK`. @default false */
  readonly adaptiveK?: boolean | undefined;
}

const RANKING: Ranking = { name: "RetrievalPrecision", scoreOf: precisionOf, options: ["topK", "adaptiveK"] };

/**
 * The share of the best things that are relevant, for one query that is read from the device.
 * @param preds how relevant each thing seems, float32
 * @param target whether it is: 0 or 1
 */
export function retrievalPrecision(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: RetrievalPrecisionFormOptions = {},
): tf.Tensor {
  return scoreOfQuery(RANKING, { preds, target }, options);
}

/**
 * The share of the best things that are relevant, over the queries of all batches. It keeps what was found until
 * `compute`, which reads it from the device; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { RetrievalPrecision } from "@lightning-ts/metrics";
 *
 * const metric = new RetrievalPrecision();
 * const queries = tf.tensor1d([0, 0, 0, 1, 1], "int32");
 * metric.update(tf.tensor1d([0.2, 0.3, 0.5, 0.1, 0.3]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), queries);
 * console.log(metric.compute().dataSync()[0]?.toFixed(3)); // 0.417
 * ```
 */
export class RetrievalPrecision extends RetrievalMetric {
  constructor(options: RetrievalPrecisionOptions = {}) {
    super(RANKING, options);
  }
}
