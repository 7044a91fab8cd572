import type { tf } from "@lightning-ts/core";
import { scaleInvariantRatio } from "./decibels.js";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { SignalMetric, signalRatio, type SignalRatio } from "./signal-metric.js";

const RATIO: SignalRatio = { name: "ScaleInvariantSignalNoiseRatio", decibelsOf: scaleInvariantRatio };

/**
 * The power of what is the target in predictions, as a multiple of that of the rest, both without their means and
 * however loud they are, in decibels.
 * @param preds float32 [..., time]
 * @param target the same shape
 * @returns [...], one of each signal; differentiable
 */
export function scaleInvariantSignalNoiseRatio(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  return signalRatio(RATIO, { preds, target }, true);
}

/**
 * The power of what is the target in predictions, as a multiple of that of the rest, both without their means and
 * however loud they are, in decibels, as a mean over all signals of all
 * batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { ScaleInvariantSignalNoiseRatio } from "@lightning-ts/metrics";
 *
 * const ratio = new ScaleInvariantSignalNoiseRatio();
 * ratio.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(ratio.compute().dataSync()[0]?.toFixed(2)); // 15.09
 * ```
 */
export class ScaleInvariantSignalNoiseRatio extends SignalMetric {
  override readonly higherIsBetter = true;
  constructor(options: NoOptions = {}) {
    refuseOptions("ScaleInvariantSignalNoiseRatio", options);
    super(RATIO, true, options);
  }
}
