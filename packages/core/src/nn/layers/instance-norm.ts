import { refuseMore } from "../../errors/refuse-more.js";
import { Buffer, type Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";
import { filledParameter } from "../default-parameters.js";
import { instanceNorm } from "../functional/instance-norm.js";
import { withBatch } from "../functional/with-batch.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyBool, pyFloat } from "../python-text.js";
import { checkCount } from "../size.js";
import { NORM_OPTIONS } from "./batch-norm.js";

export interface InstanceNormOptions {
  /** @default 1e-5 */
  readonly eps?: number | undefined;
  /** Share of the batch in the running statistics. @default 0.1 */
  readonly momentum?: number | undefined;
  /** Whether there are weight and bias. @default false */
  readonly affine?: boolean | undefined;
  /** Whether there is a bias, where there is a weight. @default true */
  readonly bias?: boolean | undefined;
  /** Whether evaluation uses statistics gathered in training. @default false */
  readonly trackRunningStats?: boolean | undefined;
}

/** Normalizes every channel of every example over its space. */
class InstanceNorm extends Module {
  weight: Parameter | undefined;
  bias: Parameter | undefined;
  readonly eps: number;
  readonly momentum: number;
  readonly runningMean: Buffer | undefined;
  readonly runningVar: Buffer | undefined;
  readonly numBatchesTracked: Buffer | undefined;
  readonly #dimensions: number;

  constructor(
    dimensions: number,
    readonly numFeatures: number,
    options: InstanceNormOptions,
  ) {
    super();
    checkCount(numFeatures, "numFeatures");
    checkOptions(`nn.InstanceNorm${dimensions}d`, options, NORM_OPTIONS);
    this.#dimensions = dimensions;
    this.eps = options.eps ?? 1e-5;
    this.momentum = options.momentum ?? 0.1;
    this.weight = options.affine === true ? filledParameter([numFeatures], 1) : undefined;
    this.bias = options.affine === true && options.bias !== false ? filledParameter([numFeatures], 0) : undefined;
    if (options.trackRunningStats !== true) return;
    const statistic = (value: number): Buffer =>
      Buffer.fromData(new Float32Array(numFeatures).fill(value), [numFeatures]);
    this.runningMean = this.registerBuffer("running_mean", statistic(0));
    this.runningVar = this.registerBuffer("running_var", statistic(1));
    // PyTorch has it in the state dict, and never counts.
    this.numBatchesTracked = this.registerBuffer("num_batches_tracked", Buffer.fromData([0], [], "int32"));
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => withBatch(x, this.#dimensions + 2, (batch) => this.#normalize(batch)));
  }

  #normalize(x: tf.Tensor): tf.Tensor {
    const { weight, bias, eps, momentum, runningMean: mean, runningVar: variance } = this;
    const running = mean === undefined || variance === undefined ? undefined : { mean, variance };
    const useInputStats = this.training || running === undefined;
    if (x.rank !== this.#dimensions + 2 || x.shape[1] !== this.numFeatures)
      throw new ShapeError({
        message: "the input does not fit.",
        expected: `[N, ${this.numFeatures}${", length".repeat(this.#dimensions)}], or without N`,
        received: formatShape(x.shape),
        shapes: [x.shape],
      });
    return instanceNorm(x, { weight, bias, eps, momentum, running, useInputStats });
  }

  override extraRepr(): string {
    const [affine, bias] = [pyBool(this.weight !== undefined), pyBool(this.bias !== undefined)];
    const momentum = pyFloat(this.momentum);
    const numbers = `${this.numFeatures}, eps=${pyFloat(this.eps)}, momentum=${momentum}`;
    return `${numbers}, affine=${affine}, bias=${bias}, track_running_stats=${pyBool(this.runningMean !== undefined)}`;
  }
}

/**
 * Instance normalization of sequences: x [N, C, L] or [C, L].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.InstanceNorm1d(3);
 * console.log(layer.forward(tf.randomNormal([2, 3, 8])).shape); // [2, 3, 8]
 * ```
 */
export class InstanceNorm1d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}, ...more: readonly never[]) {
    super(1, numFeatures, options);
    refuseMore("nn.InstanceNorm1d", more);
  }
}

/**
 * Instance normalization of images: x [N, C, H, W] or [C, H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.InstanceNorm2d(3);
 * console.log(layer.forward(tf.randomNormal([2, 3, 8, 8])).shape); // [2, 3, 8, 8]
 * ```
 */
export class InstanceNorm2d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}, ...more: readonly never[]) {
    super(2, numFeatures, options);
    refuseMore("nn.InstanceNorm2d", more);
  }
}

/**
 * Instance normalization of volumes: x [N, C, D, H, W] or [C, D, H, W].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.InstanceNorm3d(3);
 * console.log(layer.forward(tf.randomNormal([2, 3, 4, 4, 4])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class InstanceNorm3d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}, ...more: readonly never[]) {
    super(3, numFeatures, options);
    refuseMore("nn.InstanceNorm3d", more);
  }
}
