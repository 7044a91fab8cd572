import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { tf } from "../../tensor/tf.js";
import { ModuleList } from "../containers/module-list.js";
import { Sequential } from "../containers/sequential.js";
import { logSoftmax } from "../functional/activations.js";
import { checkClasses } from "../functional/check-classes.js";
import { checkFloats } from "../functional/check-dtype.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { checkCount } from "../size.js";
import { Linear } from "./linear.js";

export interface AdaptiveLogSoftmaxOptions {
  /** How much narrower each cluster's projection is than the one before. @default 4 */
  readonly divValue?: number | undefined;
  /** Whether the head has a bias. @default false */
  readonly headBias?: boolean | undefined;
}

/** Log-probabilities of the targets, and their negated mean; by place and by name, as PyTorch's named tuple. */
export type AdaptiveLogSoftmaxOutput = readonly [output: tf.Tensor, loss: tf.Tensor] & {
  readonly output: tf.Tensor;
  readonly loss: tf.Tensor;
};

/**
 * Softmax over many classes, the rare ones in clusters with fewer features. All clusters are computed for all rows, so
 * that one graph serves every batch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.AdaptiveLogSoftmaxWithLoss(16, 20, [4, 10]);
 * const { output, loss } = layer.forward(tf.randomNormal([8, 16]), tf.zeros([8], "int32"));
 * console.log(output.shape, loss.shape); // [8] []
 * console.log(layer.logProb(tf.randomNormal([8, 16])).shape); // [8, 20]
 * ```
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  /** Where clusters end; the last one at `nClasses`. */
  readonly cutoffs: readonly number[];
  readonly divValue: number;
  readonly head: Linear;
  readonly tail: ModuleList<Sequential>;

  constructor(
    readonly inFeatures: number,
    readonly nClasses: number,
    cutoffs: readonly number[],
    options: AdaptiveLogSoftmaxOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.AdaptiveLogSoftmaxWithLoss", options, ["divValue", "headBias"]);
    refuseMore("nn.AdaptiveLogSoftmaxWithLoss", more);
    checkCount(inFeatures, "inFeatures");
    checkCount(nClasses, "nClasses");
    checkCutoffs(cutoffs, nClasses);
    this.divValue = options.divValue ?? 4;
    this.cutoffs = [...cutoffs, nClasses];
    const shortlist = this.cutoffs[0] ?? 0;
    this.head = new Linear(inFeatures, shortlist + cutoffs.length, { bias: options.headBias ?? false });
    const clusters = cutoffs.map((start, i) => {
      const width = Math.floor(inFeatures / this.divValue ** (i + 1));
      checkCount(width, `the width of cluster ${i} (inFeatures / divValue ** ${i + 1})`);
      const size = (this.cutoffs[i + 1] ?? start) - start;
      return new Sequential(new Linear(inFeatures, width, { bias: false }), new Linear(width, size, { bias: false }));
    });
    this.tail = new ModuleList(clusters);
  }

  /** x [N, inFeatures] and class numbers [N], or one example without N. @throws ShapeError */
  override forward(x: tf.Tensor, target: tf.Tensor): AdaptiveLogSoftmaxOutput {
    return inLayer(this, x, () => {
      this.#check(x, target);
      checkClasses("adaptiveLogSoftmax", target, this.nClasses, -1);
      const rows = x.rank === 1 ? tf.expandDims(x, 0) : x;
      const classes = x.rank === 1 ? tf.expandDims(target, 0) : target;
      const found = tf.sum(tf.mul(oneHotRows(classes, this.nClasses), this.#logProb(rows)), -1);
      const output = x.rank === 1 ? tf.squeeze(found, [0]) : found;
      const loss = tf.neg(tf.mean(found));
      return Object.assign([output, loss] as const, { output, loss });
    });
  }

  /** Log-probabilities of all classes: x [N, inFeatures] -> [N, nClasses]. @throws ShapeError */
  logProb(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => {
      this.#check(x);
      return this.#logProb(x);
    });
  }

  /** The likeliest class of each example: x [N, inFeatures] -> [N], int32. @throws ShapeError */
  predict(x: tf.Tensor): tf.Tensor {
    return tf.argMax(this.logProb(x), -1);
  }

  #logProb(x: tf.Tensor): tf.Tensor {
    const shortlist = this.cutoffs[0] ?? 0;
    const head = logSoftmax(this.head.forward(x), -1);
    const clusters = [...this.tail].map((cluster, i) =>
      tf.add(logSoftmax(cluster.forward(x), -1), tf.slice(head, [0, shortlist + i], [-1, 1])),
    );
    return tf.concat([tf.slice(head, [0, 0], [-1, shortlist]), ...clusters], -1);
  }

  #check(x: tf.Tensor, target?: tf.Tensor): void {
    const isFitting =
      x.shape[x.rank - 1] === this.inFeatures && (x.rank === 2 || (x.rank === 1 && target !== undefined));
    if (!isFitting)
      throw new ShapeError({
        message: "the input does not fit.",
        expected: `[N, ${this.inFeatures}]${target === undefined ? "" : `, or [${this.inFeatures}]`}`,
        received: formatShape(x.shape),
        shapes: [x.shape],
      });
    checkFloats("adaptiveLogSoftmax", { input: x });
    const shape = x.shape.slice(0, -1);
    if (target === undefined || (target.dtype === "int32" && tf.util.arraysEqual(target.shape, shape))) return;
    throw new ShapeError({
      message: `the target does not fit an input of shape ${formatShape(x.shape)}.`,
      expected: `class numbers of shape ${formatShape(shape)}, int32`,
      received: `${target.dtype} ${formatShape(target.shape)}`,
      shapes: [target.shape, x.shape],
    });
  }
}

function checkCutoffs(cutoffs: readonly number[], nClasses: number): void {
  const isRising = cutoffs.every((cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0));
  if (cutoffs.length > 0 && isRising && (cutoffs.at(-1) ?? 0) < nClasses) return;
  throw new MisconfigurationError({
    message: "nn.AdaptiveLogSoftmaxWithLoss: these cutoffs make no clusters.",
    expected: `rising integers from 1 to ${nClasses - 1}, at least one`,
    received: JSON.stringify(cutoffs),
  });
}
