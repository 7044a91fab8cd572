import type { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { clusterScore, ClusterMetric, distance, meanOf, type Cluster, type ClusterScore } from "./clusters.js";

const SCORE: ClusterScore = { name: "CalinskiHarabaszScore", scoreOf };

/**
 * The variance between clusters as a multiple of that in them; higher is better. Reads the points from the device.
 * @param data float32 [points, dimensions]
 * @param labels the cluster of each, [points]
 */
export function calinskiHarabaszScore(data: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  return clusterScore(SCORE, data, labels);
}

/**
 * The variance between clusters as a multiple of that in them; higher is better, over all batches. Keeps the points
 * until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { CalinskiHarabaszScore } from "@lightning-ts/metrics";
 *
 * const score = new CalinskiHarabaszScore();
 * score.update(tf.tensor2d([[0, 0], [2, 0], [9, 0], [11, 0]]), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 40.5000
 * ```
 */
export class CalinskiHarabaszScore extends ClusterMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  constructor(options: NoOptions = {}) {
    refuseOptions("CalinskiHarabaszScore", options);
    super(SCORE, options);
  }
}

function scoreOf(clusters: readonly Cluster[]): number {
  const points = clusters.flatMap((cluster) => cluster.points);
  const centre = meanOf(points);
  const sum = (of: (cluster: Cluster) => number): number => clusters.reduce((total, cluster) => total + of(cluster), 0);
  const between = sum((cluster) => cluster.points.length * distance(cluster.centre, centre) ** 2);
  const within = sum((cluster) =>
    cluster.points.reduce((total, point) => total + distance(point, cluster.centre) ** 2, 0),
  );
  if (within === 0) return 1;
  return (between * (points.length - clusters.length)) / (within * (clusters.length - 1));
}
