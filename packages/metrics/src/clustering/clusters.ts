import { Metric, MisconfigurationError, tf } from "@lightning-ts/core";
import { requireTensors } from "../base/require-tensors.js";
import { rowsOf } from "../base/rows-of.js";

type Vector = readonly number[];

/** Points that have one label, and their mean. */
export interface Cluster {
  readonly points: readonly Vector[];
  readonly centre: Vector;
}

/** What makes one metric of clusters different from another. */
export interface ClusterScore {
  readonly name: string;
  readonly scoreOf: (clusters: readonly Cluster[]) => number;
  /** Whether there may be as many clusters as points, or only one. @default false */
  readonly takesAny?: boolean;
}

function requirePoints(metric: string, data: tf.Tensor, labels: tf.Tensor): void {
  requireTensors(metric, data, labels);
  const isRight = data.rank === 2 && data.dtype === "float32" && labels.rank === 1 && labels.shape[0] === data.shape[0];
  if (isRight) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} looks at points and at the cluster of each.`,
    expected: "data float32 [points, dimensions] and labels [points]",
    received: `data ${data.dtype} [${data.shape.join(", ")}] and labels ${labels.dtype} [${labels.shape.join(", ")}]`,
  });
}

/** The value of points that are all there, which are read from the device. */
export function clusterScore(score: ClusterScore, data: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  requirePoints(score.name, data, labels);
  const clusters = clustersOf(data, labels);
  const isRight = clusters.length > 1 && (score.takesAny === true || clusters.length < labels.size);
  if (isRight) return tf.scalar(score.scoreOf(clusters));
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${score.name} compares distances in clusters with those between them.`,
    expected: score.takesAny === true ? "two clusters or more" : "two clusters or more, and more points than clusters",
    received: `${clusters.length} clusters of ${labels.size} points`,
  });
}

function clustersOf(data: tf.Tensor, labels: tf.Tensor): Cluster[] {
  const values = data.dataSync();
  const size = data.shape[1] ?? 0;
  const groups = new Map<number, Vector[]>();
  Array.from(labels.dataSync(), Number).forEach((label, i) => {
    const points = groups.get(label) ?? [];
    points.push(Array.from(values.slice(i * size, (i + 1) * size)));
    groups.set(label, points);
  });
  return Array.from(groups.values(), (points) => ({ points, centre: meanOf(points) }));
}

export function meanOf(points: readonly Vector[]): Vector {
  const [first = []] = points;
  return first.map((_, axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length);
}

/** The p-norm of the difference. */
export function distance(a: Vector, b: Vector, p = 2): number {
  const differences = a.map((value, axis) => Math.abs(value - (b[axis] ?? 0)));
  if (p === Number.POSITIVE_INFINITY) return Math.max(...differences);
  return differences.reduce((sum, difference) => sum + difference ** p, 0) ** (1 / p);
}

/** Base of metrics of points and their clusters. They keep both until `compute`, which reads them. */
export abstract class ClusterMetric extends Metric {
  override readonly fullStateUpdate = false;
  readonly #score: ClusterScore;
  readonly #data = this.addListState("data");
  readonly #labels = this.addListState("labels");

  constructor(score: ClusterScore, options: object) {
    super(options);
    this.#score = score;
  }

  /** @param data float32 [points, dimensions] @param labels the cluster of each, [points] */
  override update(data: tf.Tensor, labels: tf.Tensor): void {
    requirePoints(this.#score.name, data, labels);
    this.#data.push(data);
    this.#labels.push(labels);
  }

  override compute(): tf.Tensor {
    const { name } = this.#score;
    return clusterScore(this.#score, rowsOf(name, this.#data), rowsOf(name, this.#labels));
  }
}
