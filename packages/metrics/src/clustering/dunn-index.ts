import { rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { refusedOption } from "../base/check-options.js";
import { clusterScore, ClusterMetric, distance, type Cluster, type ClusterScore } from "./clusters.js";

export interface DunnIndexOptions {
  /** The order of the norm that distances are measured with. @default 2 */
  readonly p?: number | undefined;
}

function scoreWith(owner: string, options: DunnIndexOptions): ClusterScore {
  rejectUnknownOptions(owner, options, ["p"]);
  const { p = 2 } = options;
  if (!(p > 0)) throw refusedOption(owner, "p", p, "a number above 0");
  return { name: "DunnIndex", scoreOf: (clusters) => indexOf(clusters, p), takesAny: true };
}

function indexOf(clusters: readonly Cluster[], p: number): number {
  const gaps = clusters.flatMap(({ centre }, i) =>
    clusters.slice(i + 1).map((other) => distance(centre, other.centre, p)),
  );
  const reaches = clusters.flatMap(({ points, centre }) => points.map((point) => distance(point, centre, p)));
  return Math.min(...gaps) / reaches.reduce((most, reach) => Math.max(most, reach), 0);
}

/**
 * The least distance between the centres of clusters, as a multiple of the largest distance of a point from its
 * centre; higher is better. Reads the points from the device.
 * @param data float32 [points, dimensions]
 * @param labels the cluster of each, [points]
 */
export function dunnIndex(data: tf.Tensor, labels: tf.Tensor, options: DunnIndexOptions = {}): tf.Tensor {
  return clusterScore(scoreWith("dunnIndex", options), data, labels);
}

/**
 * The least distance between the centres of clusters, over all batches, as a multiple of the largest distance of a
 * point from its centre; higher is better. Keeps the points until `compute`.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { DunnIndex } from "@lightning-ts/metrics";
 *
 * const index = new DunnIndex();
 * index.update(tf.tensor2d([[0, 0], [2, 0], [9, 0], [11, 0]]), tf.tensor1d([0, 0, 1, 1], "int32"));
 * console.log(index.compute().dataSync()[0]); // 9
 * ```
 */
export class DunnIndex extends ClusterMetric {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  constructor(options: DunnIndexOptions = {}) {
    super(scoreWith("DunnIndex", options), options);
  }
}
