import { MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireSameShape } from "../base/check-shapes.js";
import { SumOverCount } from "../base/sum-over-count.js";
import { centred } from "./decibels.js";

export interface SignalOptions {
  /** Whether the mean of each signal is taken away first. @default false */
  readonly zeroMean?: boolean | undefined;
}

/** What makes one ratio different from another. */
export interface SignalRatio {
  readonly name: string;
  readonly decibelsOf: (preds: tf.Tensor, target: tf.Tensor) => tf.Tensor;
}

export function zeroMeanOf(owner: string, options: SignalOptions): boolean {
  rejectUnknownOptions(owner, options, ["zeroMean"]);
  return options.zeroMean ?? false;
}

/** The ratios of signals, [...signals]. */
export function signalRatio(
  { name, decibelsOf }: SignalRatio,
  signals: { readonly preds: tf.Tensor; readonly target: tf.Tensor },
  zeroMean: boolean,
): tf.Tensor {
  const { preds, target } = signals;
  requireSameShape(name, preds, target);
  if (preds.rank === 0 || preds.dtype !== "float32" || target.dtype !== "float32") {
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: `${name} compares signals over time.`,
      expected: "float32 [..., time]",
      received: `${preds.dtype} and ${target.dtype} [${preds.shape.join(", ")}]`,
    });
  }
  return zeroMean ? decibelsOf(centred(preds), centred(target)) : decibelsOf(preds, target);
}

/** Base of means of ratios over all signals of all batches. */
export abstract class SignalMetric extends SumOverCount {
  readonly zeroMean: boolean;
  readonly #ratio: SignalRatio;

  constructor(ratio: SignalRatio, zeroMean: boolean, options: object) {
    super(options);
    this.#ratio = ratio;
    this.zeroMean = zeroMean;
  }

  /** @param preds and `target` are float32 [..., time] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const ratios = signalRatio(this.#ratio, { preds, target }, this.zeroMean);
    this.add(tf.sum(ratios), ratios.size);
  }
}
