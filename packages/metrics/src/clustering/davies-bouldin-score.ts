import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { clusterScore, ClusterMetric, distance, type Cluster, type ClusterScore } from "./clusters.js";

const SCORE: ClusterScore = { name: "DaviesBouldinScore", scoreOf };

/**
 * How much each cluster overlaps with its nearest, on average; 0 is best. Reads the points from the device.
 * @param data float32 [points, dimensions]
 * @param labels the cluster of each, [points]
 */
export function daviesBouldinScore(data: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  return clusterScore(SCORE, data, labels);
}

/**
 * How much each cluster overlaps with its nearest, on average; 0 is best, over all batches. Keeps the points until
 * `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { DaviesBouldinScore } from "@lightning-ts/metrics";
 *
 * const score = new DaviesBouldinScore();
 * score.update(tf.tensor2d([[0, 0], [2, 0], [9, 0], [11, 0]]), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.2222
 * ```
 */
export class DaviesBouldinScore extends ClusterMetric {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("DaviesBouldinScore", options);
    super(SCORE, options);
  }
}

/** Sizes below it are none, as torchmetrics has it. */
const NOTHING = 1e-8;

function scoreOf(clusters: readonly Cluster[]): number {
  const spreads = clusters.map(
    ({ points, centre }) => points.reduce((sum, point) => sum + distance(point, centre), 0) / points.length,
  );
  const gaps = clusters.map(({ centre }) => clusters.map((other) => distance(centre, other.centre)));
  if (spreads.every((spread) => spread <= NOTHING) || gaps.flat().every((gap) => gap <= NOTHING)) return 0;
  const worst = gaps.map((row, i) =>
    Math.max(...row.map((gap, j) => (gap === 0 ? 0 : ((spreads[i] ?? 0) + (spreads[j] ?? 0)) / gap))),
  );
  return worst.reduce((sum, value) => sum + value, 0) / worst.length;
}
