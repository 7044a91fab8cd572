import type { tf } from "@lightning-ts/core";
import { scaleInvariantRatio } from "./decibels.js";
import { SignalMetric, signalRatio, zeroMeanOf, type SignalOptions, type SignalRatio } from "./signal-metric.js";

const RATIO: SignalRatio = { name: "ScaleInvariantSignalDistortionRatio", decibelsOf: scaleInvariantRatio };

/**
 * The power of what is the target in predictions, as a multiple of that of the rest, however loud they are, in
 * decibels.
 * @param preds float32 [..., time]
 * @param target the same shape
 * @returns [...], one of each signal; differentiable
 */
export function scaleInvariantSignalDistortionRatio(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: SignalOptions = {},
): tf.Tensor {
  return signalRatio(RATIO, { preds, target }, zeroMeanOf("scaleInvariantSignalDistortionRatio", options));
}

/**
 * The power of what is the target in predictions, as a multiple of that of the rest, however loud they are, in
 * decibels, as a mean over all signals of all
 * batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { ScaleInvariantSignalDistortionRatio } from "@lightning-ts/metrics";
 *
 * const ratio = new ScaleInvariantSignalDistortionRatio();
 * ratio.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(ratio.compute().dataSync()[0]?.toFixed(2)); // 18.40
 * ```
 */
export class ScaleInvariantSignalDistortionRatio extends SignalMetric {
  override readonly higherIsBetter = true;
  constructor(options: SignalOptions = {}) {
    super(RATIO, zeroMeanOf("ScaleInvariantSignalDistortionRatio", options), options);
  }
}
