import {
  classNameOf,
  Metric,
  type MetricReduction,
  MisconfigurationError,
  rejectUnknownOptions,
  tf,
} from "@lightning-ts/core";
import { MeanMetric, SumMetric } from "../aggregation/aggregators.js";
import type { AggregatorOptions } from "../aggregation/aggregator.js";

export interface RunningOptions {
  /** How many of the last batches count. @default 5 */
  readonly window?: number | undefined;
}

const REDUCERS = { sum: tf.sum, min: tf.min, max: tf.max };

/**
 * The value of the last batches alone, for a metric whose states are sums, minima or maxima. It works on a copy of the
 * metric.
 * @example
 * ```ts
 * import { Running, SumMetric } from "@lightning-ts/metrics";
 *
 * const running = new Running(new SumMetric(), { window: 2 });
 * for (const value of [1, 2, 3]) running.update(value);
 * console.log(running.compute().dataSync()[0]); // 5
 * ```
 */
export class Running<TMetric extends Metric = Metric> extends Metric {
  readonly window: number;
  readonly #metric: TMetric;
  readonly #slots = new Map<string, { readonly reduce: keyof typeof REDUCERS; readonly buffers: tf.Variable[] }>();

  /** @param made for subclasses: what their own constructor was given; the metric is theirs then, and is not copied */
  constructor(metric: TMetric, options: RunningOptions = {}, made?: readonly unknown[]) {
    super(...(made ?? [metric, options]));
    rejectUnknownOptions("Running", options, ["window"]);
    this.window = options.window ?? 5;
    if (!Number.isInteger(this.window) || this.window < 1)
      throw new MisconfigurationError({
        message: "Running cannot use this window.",
        expected: "a whole number of batches, from 1 on",
        received: String(options.window),
      });
    this.#metric = made === undefined ? metric.clone() : metric;
    this.#metric.reset();
    for (const [name, reduce] of metric.reductions) this.#declare(name, reduce);
  }

  override update(...inputs: Parameters<TMetric["update"]>): void {
    const slot = (this.updateCount - 1) % this.window;
    Reflect.apply(this.#metric.update, this.#metric, inputs);
    const { values } = this.#metric.state();
    for (const [name, { buffers }] of this.#slots) {
      const value = values[name];
      if (value !== undefined) buffers[slot]?.assign(value);
    }
    this.#metric.reset();
  }

  override compute(): ReturnType<TMetric["compute"]>;
  override compute(): unknown {
    const values = Object.fromEntries(
      [...this.#slots].map(([name, { reduce, buffers }]) => {
        const dtype = buffers[0]?.dtype ?? "float32";
        return [name, tf.cast(REDUCERS[reduce](tf.stack(buffers), 0), dtype)];
      }),
    );
    return this.#metric.computeOf({ version: 1, updateCount: this.updateCount, values });
  }

  override dispose(): void {
    this.#metric.dispose();
    super.dispose();
  }

  #declare(name: string, reduce: MetricReduction): void {
    const value = this.#metric.state().values[name];
    const isKnown = reduce === "sum" || reduce === "min" || reduce === "max";
    if (!isKnown || value === undefined)
      throw new MisconfigurationError({
        message: `Running cannot keep batches of ${classNameOf(this.#metric)}, because of its state ${name}.`,
        expected: "states that are sums, minima or maxima",
        received: typeof reduce === "string" ? reduce : "a function",
      });
    const initial = { sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }[reduce];
    const dtype = value.dtype === "int32" ? "int32" : "float32";
    const buffers = Array.from({ length: this.window }, (_, slot) =>
      this.addState(`${name}_${slot}`, { reduce, shape: value.shape, initial, dtype }),
    );
    this.#slots.set(name, { reduce, buffers });
  }
}

export interface RunningAggregatorOptions extends AggregatorOptions, RunningOptions {}

/**
 * The mean of the last batches' values.
 * @example
 * ```ts
 * import { RunningMean } from "@lightning-ts/metrics";
 *
 * const mean = new RunningMean({ window: 2 });
 * for (const value of [1, 2, 4]) mean.update(value);
 * console.log(mean.compute().dataSync()[0]); // 3
 * ```
 */
export class RunningMean extends Running<MeanMetric> {
  constructor(options: RunningAggregatorOptions = {}) {
    const { window, ...others } = options;
    super(new MeanMetric(others), { window }, [options]);
  }
}

/**
 * The sum of the last batches' values.
 * @example
 * ```ts
 * import { RunningSum } from "@lightning-ts/metrics";
 *
 * const sum = new RunningSum({ window: 2 });
 * for (const value of [1, 2, 4]) sum.update(value);
 * console.log(sum.compute().dataSync()[0]); // 6
 * ```
 */
export class RunningSum extends Running<SumMetric> {
  constructor(options: RunningAggregatorOptions = {}) {
    const { window, ...others } = options;
    super(new SumMetric(others), { window }, [options]);
  }
}
