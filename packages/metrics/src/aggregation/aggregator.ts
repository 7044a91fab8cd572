import { classNameOf, Metric, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { requireTensors } from "../base/require-tensors.js";
import { warnOnce } from "../base/warn-once.js";

/** What becomes of NaN: an error, a warning and nothing else, nothing, NaN, or this number in its place. */
export type NanStrategy = "error" | "warn" | "ignore" | "disable" | number;

export interface AggregatorOptions {
  /**
   * What becomes of NaN: an error, a warning (both when the metric is computed, so that no step waits), nothing
   * ("ignore"), NaN ("disable"), or this number in its place. @default "warn"
   */
  readonly nanStrategy?: NanStrategy | undefined;
}

/** A batch, flat, with weights that are 0 where it does not count. */
interface Cleaned {
  readonly values: tf.Tensor;
  readonly weights: tf.Tensor;
}

/** Base of metrics that take plain values. */
export abstract class Aggregator extends Metric {
  override readonly fullStateUpdate = false;
  readonly nanStrategy: NanStrategy;
  readonly #nans;

  constructor(options: AggregatorOptions = {}) {
    super(options);
    const name = classNameOf(this);
    rejectUnknownOptions(name, options, ["nanStrategy"]);
    this.nanStrategy = options.nanStrategy ?? "warn";
    if (typeof this.nanStrategy !== "number" && !["error", "warn", "ignore", "disable"].includes(this.nanStrategy))
      throw new MisconfigurationError({
        message: `${name} cannot use this value of its option nanStrategy.`,
        expected: `"error", "warn", "ignore", "disable" or a number`,
        received: JSON.stringify(this.nanStrategy),
      });
    if (this.nanStrategy === "error" || this.nanStrategy === "warn")
      this.#nans = this.addState("nans", { reduce: "sum" });
  }

  /** Values and weights without NaN, as the strategy says. `otherwise` stands for values that do not count. */
  protected cleaned(value: tf.Tensor | number, weight: tf.Tensor | number = 1, otherwise = 0): Cleaned {
    this.#requireNumbers(value);
    this.#requireNumbers(weight);
    const values = tf.cast(typeof value === "number" ? tf.scalar(value) : value, "float32");
    const given = tf.cast(typeof weight === "number" ? tf.scalar(weight) : weight, "float32");
    const weights = tf.broadcastTo(given, values.shape);
    if (this.nanStrategy === "disable") return { values, weights };
    const isNan = tf.logicalOr(tf.isNaN(values), tf.isNaN(weights));
    if (this.#nans !== undefined) addTo(this.#nans, tf.sum(tf.cast(isNan, "float32")));
    const [stand, count] = typeof this.nanStrategy === "number" ? [this.nanStrategy, 1] : [otherwise, 0];
    return {
      values: tf.where(isNan, tf.fill(values.shape, stand), values),
      weights: tf.where(isNan, tf.fill(values.shape, count), weights),
    };
  }

  #requireNumbers(value: unknown): void {
    if (typeof value === "number") return;
    requireTensors(classNameOf(this), value);
    if (value instanceof tf.Tensor && value.dtype === "string")
      throw new MisconfigurationError({
        code: "LIT_METRIC_INPUT",
        message: `${classNameOf(this)} was given words.`,
        expected: "a number, or a tensor of numbers",
        received: "a tensor of strings",
      });
  }

  protected override verify(): void {
    const count = this.#nans?.dataSync()[0] ?? 0;
    if (count === 0) return;
    if (this.nanStrategy === "warn") return warnOnce("Encountered `nan` values in tensor. Will be removed.");
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: `${classNameOf(this)} was given NaN.`,
      expected: "numbers",
      received: `NaN, ${count} of them`,
      tryThis: `nanStrategy: "ignore".`,
    });
  }
}
