import { refuseMore } from "../../errors/refuse-more.js";
import { Buffer, type Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";
import { filledParameter } from "../default-parameters.js";
import { batchNorm, type BatchNormOptions } from "../functional/normalization.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool, pyFloat } from "../python-text.js";
import { checkCount } from "../size.js";
import { rememberForRollback } from "../../tensor/rollback.js";

export interface BatchNormLayerOptions {
  /** @default 1e-5 */
  readonly eps?: number | undefined;
  /** Share of the batch in the running statistics; "cumulative" averages all batches alike. @default 0.1 */
  readonly momentum?: number | "cumulative" | undefined;
  /** Whether there are weight and bias. @default true */
  readonly affine?: boolean | undefined;
  /** Whether there is a bias, where there is a weight. @default true */
  readonly bias?: boolean | undefined;
  /** Whether evaluation uses statistics gathered in training. @default true */
  readonly trackRunningStats?: boolean | undefined;
}

export const NORM_OPTIONS: readonly string[] = ["eps", "momentum", "affine", "bias", "trackRunningStats"];

/** Normalizes every channel over batch and space; state-dict keys as in PyTorch. */
export class BatchNorm extends Module {
  weight: Parameter | undefined;
  bias: Parameter | undefined;
  readonly eps: number;
  momentum: number | "cumulative";
  readonly runningMean: Buffer | undefined;
  readonly runningVar: Buffer | undefined;
  readonly numBatchesTracked: Buffer | undefined;
  /** Whether training gathers statistics. Set to false, it only normalizes each batch by its own. */
  trackRunningStats: boolean;
  readonly #ranks: readonly number[];

  constructor(
    name: string,
    ranks: readonly number[],
    readonly numFeatures: number,
    options: BatchNormLayerOptions,
  ) {
    super();
    checkCount(numFeatures, "numFeatures");
    checkOptions(name, options, NORM_OPTIONS);
    this.#ranks = ranks;
    this.eps = options.eps ?? 1e-5;
    this.momentum = options.momentum ?? 0.1;
    const isAffine = options.affine ?? true;
    this.weight = isAffine ? filledParameter([numFeatures], 1) : undefined;
    this.bias = isAffine && options.bias !== false ? filledParameter([numFeatures], 0) : undefined;
    this.trackRunningStats = options.trackRunningStats ?? true;
    if (!this.trackRunningStats) return;
    this.runningMean = this.registerBuffer(
      "running_mean",
      Buffer.fromData(new Float32Array(numFeatures), [numFeatures]),
    );
    this.runningVar = this.registerBuffer(
      "running_var",
      Buffer.fromData(new Float32Array(numFeatures).fill(1), [numFeatures]),
    );
    const counter = this.registerBuffer("num_batches_tracked", Buffer.fromData([0], [], "int32"));
    this.numBatchesTracked = counter;
    // Files of PyTorch before 0.4.1, which torchvision's weights are, do not count batches.
    this.registerLoadStateDictPreHook((entries, prefix) => {
      const key = `${prefix}num_batches_tracked`;
      if (entries.has(`${prefix}running_mean`) && !entries.has(key))
        entries.set(key, this.numBatchesTracked ?? counter);
    });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => this.#normalize(x));
  }

  /** Forgets the statistics that were gathered. */
  resetRunningStats(): void {
    this.runningMean?.setData(new Float32Array(this.numFeatures));
    this.runningVar?.setData(new Float32Array(this.numFeatures).fill(1));
    this.numBatchesTracked?.setData([0]);
  }

  #normalize(x: tf.Tensor): tf.Tensor {
    if (!this.#ranks.includes(x.rank) || x.shape[1] !== this.numFeatures) {
      throw new ShapeError({
        message: "batch norm: the input does not fit.",
        expected: `${this.#ranks.join(" or ")} dimensions, the second of length ${this.numFeatures}`,
        received: formatShape(x.shape),
        shapes: [x.shape],
      });
    }
    const { runningMean: mean, runningVar: variance } = this;
    const isKept = mean === undefined || variance === undefined || (this.training && !this.trackRunningStats);
    const running = isKept ? undefined : { mean, variance };
    const momentum = this.training && running !== undefined ? this.#nextMomentum() : 0;
    const { weight, bias, eps, training } = this;
    return this.normalizeBatch(x, { weight, bias, eps, running, training, momentum });
  }

  /** Computes the layer; one whose statistics are not those of this batch alone overrides it. */
  protected normalizeBatch(x: tf.Tensor, options: BatchNormOptions): tf.Tensor {
    return batchNorm(x, options);
  }

  /** Counts the batch on the host, so that counting costs no kernel. */
  #nextMomentum(): number {
    const counter = this.numBatchesTracked;
    if (counter === undefined) return 0;
    const batches = Number((counter.hostValues() ?? counter.dataSync())[0] ?? 0) + 1;
    const remember = () => () => counter.setData([batches - 1]);
    rememberForRollback(counter, remember, { belongsTo: "next" });
    counter.setData([batches]);
    return this.momentum === "cumulative" ? 1 / batches : this.momentum;
  }

  override extraRepr(): string {
    const [affine, bias] = [pyBool(this.weight !== undefined), pyBool(this.bias !== undefined)];
    const momentum = this.momentum === "cumulative" ? "None" : pyFloat(this.momentum);
    const numbers = `${this.numFeatures}, eps=${pyFloat(this.eps)}, momentum=${momentum}`;
    return `${numbers}, affine=${affine}, bias=${bias}, track_running_stats=${pyBool(this.trackRunningStats)}`;
  }
}

/**
 * Batch normalization of vectors or sequences: x [N, C] or [N, C, L].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.BatchNorm1d(4);
 * console.log(layer.forward(tf.randomNormal([8, 4])).shape); // [8, 4]
 * ```
 */
export class BatchNorm1d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    super("nn.BatchNorm1d", [2, 3], numFeatures, options);
    refuseMore("nn.BatchNorm1d", more);
  }
}

/**
 * Batch normalization of images: x [N, C, H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.BatchNorm2d(3);
 * console.log(layer.forward(tf.randomNormal([2, 3, 8, 8])).shape); // [2, 3, 8, 8]
 * ```
 */
export class BatchNorm2d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    super("nn.BatchNorm2d", [4], numFeatures, options);
    refuseMore("nn.BatchNorm2d", more);
  }
}

/**
 * Batch normalization of volumes: x [N, C, D, H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.BatchNorm3d(3);
 * console.log(layer.forward(tf.randomNormal([2, 3, 4, 4, 4])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class BatchNorm3d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    super("nn.BatchNorm3d", [5], numFeatures, options);
    refuseMore("nn.BatchNorm3d", more);
  }
}
