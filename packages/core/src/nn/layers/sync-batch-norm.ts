import { refuseMore } from "../../errors/refuse-more.js";
import { firstOf } from "../../kernels/fused-kernel.js";
import { runFused } from "../../kernels/run-fused.js";
import { syncBatchNorm } from "../../kernels/sync-batch-norm.js";
import type { OverRanks } from "../../ports/rank-exchange.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import { updateRunning, type BatchNormOptions } from "../functional/normalization.js";
import type { Module } from "../module.js";
import { checkFloats } from "../functional/check-dtype.js";
import { BatchNorm, type BatchNormLayerOptions } from "./batch-norm.js";

/**
 * Batch normalization whose statistics, in training, are those of all ranks' batches: x [N, C, ...]. `fabric.setup` and
 * the Trainer connect it with the other ranks; it blocks in forward and backward until all have come. On one rank, and
 * where nobody has connected it, it is batch normalization.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const net = new nn.Sequential(new nn.Conv2d(3, 8, 3), new nn.BatchNorm2d(8));
 * const model = nn.SyncBatchNorm.convertSyncBatchnorm(net);
 * console.log(String(model.at(1))); // SyncBatchNorm(8, eps=1e-05, momentum=0.1, …)
 * console.log(model.forward(tf.randomNormal([2, 3, 8, 8])).shape); // [2, 8, 6, 6]
 * ```
 */
export class SyncBatchNorm extends BatchNorm {
  #over: OverRanks | undefined;

  constructor(numFeatures: number, options: BatchNormLayerOptions = {}, ...more: readonly never[]) {
    super("nn.SyncBatchNorm", [2, 3, 4, 5], numFeatures, options);
    refuseMore("nn.SyncBatchNorm", more);
  }

  /** Whether training computes with other ranks' batches too. */
  get isConnected(): boolean {
    return this.#over !== undefined;
  }

  /** Makes the ranks compute together from now on; without an argument, this one alone. Strategies call it. */
  connectRanks(over?: OverRanks): void {
    this.#over = over;
  }

  protected override normalizeBatch(x: tf.Tensor, options: BatchNormOptions): tf.Tensor {
    if (this.#over === undefined || options.training !== true) return super.normalizeBatch(x, options);
    const { weight, bias, eps = 1e-5, running, momentum = 0.1 } = options;
    checkFloats("nn.SyncBatchNorm", { input: x });
    const inputs = { x, ...(weight && { weight }), ...(bias && { bias }) };
    const outputs = runFused(syncBatchNorm, inputs, { eps, ...this.#over });
    const [, mean, variance, count] = outputs;
    if (running !== undefined && mean !== undefined && variance !== undefined && count !== undefined) {
      const unbiasedVariance = unbiased(variance, count);
      updateRunning(running, { mean, variance: unbiasedVariance, correction: 1 }, momentum);
      unbiasedVariance.dispose();
    }
    return firstOf(outputs);
  }

  /**
   * Puts `SyncBatchNorm` in the place of every batch norm of a module, with the same parameters and statistics. Layers
   * in fields whose names begin with # cannot be seen. Returns the module, or the new layer where it is a batch norm.
   */
  static convertSyncBatchnorm(module: BatchNorm): SyncBatchNorm;
  static convertSyncBatchnorm<TModule extends Module>(module: TModule): TModule;
  static convertSyncBatchnorm(module: Module, ...more: readonly never[]): Module {
    refuseMore("nn.SyncBatchNorm.convertSyncBatchnorm", more);
    if (module instanceof BatchNorm) return converted(module);
    // A layer that is used twice stays one layer.
    const made = new Map<BatchNorm, SyncBatchNorm>();
    for (const holder of module.modules())
      for (const [name, child] of holder.namedChildren()) {
        if (!(child instanceof BatchNorm)) continue;
        const layer = made.get(child) ?? converted(child);
        made.set(child, layer);
        if (layer !== child) holder.setSubmodule(name, layer);
      }
    return module;
  }
}

function unbiased(variance: tf.Tensor, count: tf.Tensor): tf.Tensor {
  return tf.tidy(() => noGrad(() => tf.mul(variance, tf.div(count, tf.sub(count, 1)))));
}

function converted(norm: BatchNorm): SyncBatchNorm {
  if (norm instanceof SyncBatchNorm) return norm;
  const { numFeatures, eps, momentum, weight, bias, runningMean, runningVar, numBatchesTracked } = norm;
  const trackRunningStats = runningMean !== undefined;
  const options = { eps, momentum, affine: weight !== undefined, bias: bias !== undefined, trackRunningStats };
  const layer = new SyncBatchNorm(numFeatures, options);
  const buffers = { running_mean: runningMean, running_var: runningVar, num_batches_tracked: numBatchesTracked };
  for (const [name, buffer] of Object.entries(buffers)) if (buffer !== undefined) layer.registerBuffer(name, buffer);
  const { training, trackRunningStats: tracks } = norm;
  return Object.assign(layer, {
    ...{ weight, bias, runningMean, runningVar, numBatchesTracked },
    ...{ training, trackRunningStats: tracks },
  });
}
