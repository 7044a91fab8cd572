import { Metric, MisconfigurationError, nn, tf } from "@lightning-ts/core";
import { asTensor } from "../base/as-tensor.js";
import { updateWith } from "../base/update-with.js";
import { whenAll } from "../base/when-all.js";

/** What `MinMaxMetric` computes: the metric's value, and the least and the largest that were computed so far. */
export interface MinMaxValue {
  readonly raw: tf.Tensor;
  readonly max: tf.Tensor;
  readonly min: tf.Tensor;
}

/**
 * The value of a metric with the least and the largest value that it had whenever it was computed, or called for a
 * batch. A reset forgets the batches alone, so that both are those of all epochs. It works on a copy of the metric.
 * @example
 * ```ts
 * import { MinMaxMetric, SumMetric } from "@lightning-ts/metrics";
 *
 * const metric = new MinMaxMetric(new SumMetric());
 * for (const value of [3, 1, 2]) {
 *   metric.update(value);
 *   const { raw, min, max } = metric.compute();
 *   console.log(raw.dataSync()[0], min.dataSync()[0], max.dataSync()[0]); // 3 3 3, then 1 1 3, then 2 1 3
 *   metric.reset();
 * }
 * ```
 */
export class MinMaxMetric<TMetric extends Metric = Metric> extends Metric {
  override readonly fullStateUpdate: boolean;
  readonly #metric: TMetric;
  // Buffers of the module, not states: they outlive a reset, and are saved with the module.
  readonly #min = this.registerBuffer("min", nn.Buffer.fromData(Float32Array.of(Number.POSITIVE_INFINITY), []));
  readonly #max = this.registerBuffer("max", nn.Buffer.fromData(Float32Array.of(Number.NEGATIVE_INFINITY), []));

  constructor(metric: TMetric) {
    super(metric);
    this.#metric = this.addMetric("metric", metric.clone());
    this.#metric.reset();
    this.fullStateUpdate = metric.fullStateUpdate;
  }

  override update(...inputs: Parameters<TMetric["update"]>): unknown {
    return updateWith(this.#metric, inputs);
  }

  override compute(): ReturnType<TMetric["compute"]> extends PromiseLike<unknown> ? Promise<MinMaxValue> : MinMaxValue;
  override compute(): unknown {
    return whenAll([this.#metric.compute()], ([value]) => this.#compared(asTensor("MinMaxMetric", value)));
  }

  /** A copy knows the least and the largest value too. */
  override clone(): this {
    const copy = super.clone();
    copy.#min.assign(this.#min);
    copy.#max.assign(this.#max);
    return copy;
  }

  #compared(raw: tf.Tensor): MinMaxValue {
    if (raw.size !== 1)
      throw new MisconfigurationError({
        message: "MinMaxMetric compares single values.",
        expected: "a metric whose value is one number",
        received: `shape [${raw.shape.join(", ")}]`,
      });
    const value = tf.cast(tf.reshape(raw, []), "float32");
    // A NaN is neither less nor more.
    this.#min.assign(tf.where(tf.less(value, this.#min), value, this.#min));
    this.#max.assign(tf.where(tf.greater(value, this.#max), value, this.#max));
    return { raw, max: this.#max, min: this.#min };
  }
}
