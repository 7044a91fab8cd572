import { tf } from "@lightning-ts/core";
import { functionalForm } from "../base/functional-form.js";
import { functionalFront, taskFront } from "../base/task-front.js";
import { refuse } from "./check-options.js";
import {
  BinaryMatrixMetric,
  type BinaryMatrixOptions,
  MulticlassMatrixMetric,
  type MulticlassMatrixOptions,
} from "./matrix-metric.js";

/** How much it counts that two classes were mistaken for each other: alike, or by how far apart they are. */
export type KappaWeights = "linear" | "quadratic" | "none";

interface WeightsOption {
  /** @default "none": every mistake counts alike */
  readonly weights?: KappaWeights | undefined;
}

export type BinaryCohenKappaOptions = BinaryMatrixOptions & WeightsOption;
export type MulticlassCohenKappaOptions = MulticlassMatrixOptions & WeightsOption;

function checked(name: string, weights: KappaWeights = "none"): KappaWeights {
  if (["linear", "quadratic", "none"].includes(weights)) return weights;
  return refuse(name, "weights", weights, `"linear", "quadratic" or "none"`);
}

function kappaOf(matrix: tf.Tensor, weights: KappaWeights): tf.Tensor {
  const classes = matrix.shape[0] ?? 0;
  const [predicted, actual] = [tf.sum(matrix, 0, true), tf.sum(matrix, 1, true)];
  const expected = tf.div(tf.matMul(actual, predicted), tf.sum(predicted));
  const mistakes = weightsOf(classes, weights);
  return tf.sub(1, tf.div(tf.sum(tf.mul(mistakes, matrix)), tf.sum(tf.mul(mistakes, expected))));
}

function weightsOf(classes: number, weights: KappaWeights): tf.Tensor {
  if (weights === "none") return tf.sub(1, tf.eye(classes));
  const positions = tf.range(0, classes);
  const apart = tf.sub(tf.expandDims(positions, 0), tf.expandDims(positions, 1));
  return weights === "linear" ? tf.abs(apart) : tf.square(apart);
}

/**
 * How far predictions and targets agree beyond what chance would give, for yes or no: 1 is all, 0 is chance.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryCohenKappa } from "@lightning-ts/metrics";
 *
 * const kappa = new BinaryCohenKappa();
 * kappa.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(kappa.compute().dataSync()[0]); // 0.4
 * ```
 */
export class BinaryCohenKappa extends BinaryMatrixMetric {
  readonly weights: KappaWeights;

  constructor(options: BinaryCohenKappaOptions = {}) {
    super(options, ["weights"]);
    this.weights = checked("BinaryCohenKappa", options.weights);
  }
  override compute(): tf.Tensor {
    return kappaOf(this.matrix, this.weights);
  }
}

/**
 * How far predictions and targets agree beyond what chance would give, for one of several classes.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassCohenKappa } from "@lightning-ts/metrics";
 *
 * const metric = new MulticlassCohenKappa({ numClasses: 3 });
 * metric.update(tf.tensor1d([0, 1, 2, 2], "int32"), tf.tensor1d([0, 1, 1, 2], "int32"));
 * console.log(metric.compute().arraySync()); // 0.6364
 * ```
 */
export class MulticlassCohenKappa extends MulticlassMatrixMetric {
  readonly weights: KappaWeights;

  constructor(options: MulticlassCohenKappaOptions) {
    super(options, ["weights"]);
    this.weights = checked("MulticlassCohenKappa", options.weights);
  }
  override compute(): tf.Tensor {
    return kappaOf(this.matrix, this.weights);
  }
}

export const binaryCohenKappa = functionalForm(BinaryCohenKappa);
export const multiclassCohenKappa = functionalForm(MulticlassCohenKappa);

/** How far predictions and targets agree beyond what chance would give, by the task. */
export const CohenKappa = taskFront("CohenKappa", { binary: BinaryCohenKappa, multiclass: MulticlassCohenKappa });
export const cohenKappa = functionalFront(CohenKappa);
