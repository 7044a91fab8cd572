import { tf } from "@lightning-ts/core";
import { ratioOf } from "./decibels.js";
import { SignalMetric, signalRatio, zeroMeanOf, type SignalOptions, type SignalRatio } from "./signal-metric.js";

const RATIO: SignalRatio = {
  name: "SignalNoiseRatio",
  decibelsOf: (preds, target) => ratioOf(target, tf.sub(target, preds)),
};

/**
 * The power of targets as a multiple of that of the differences, in decibels.
 * @param preds float32 [..., time]
 * @param target the same shape
 * @returns [...], one of each signal; differentiable
 */
export function signalNoiseRatio(preds: tf.Tensor, target: tf.Tensor, options: SignalOptions = {}): tf.Tensor {
  return signalRatio(RATIO, { preds, target }, zeroMeanOf("signalNoiseRatio", options));
}

/**
 * The power of targets as a multiple of that of the differences, in decibels, as a mean over all signals of all
 * batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { SignalNoiseRatio } from "@lightning-ts/metrics";
 *
 * const ratio = new SignalNoiseRatio();
 * ratio.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(ratio.compute().dataSync()[0]?.toFixed(2)); // 16.18
 * ```
 */
export class SignalNoiseRatio extends SignalMetric {
  override readonly higherIsBetter = true;
  constructor(options: SignalOptions = {}) {
    super(RATIO, zeroMeanOf("SignalNoiseRatio", options), options);
  }
}
