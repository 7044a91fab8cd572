import {
  drawnValue,
  isMetric,
  isPlainObject,
  type Metric,
  MisconfigurationError,
  nn,
  type PlotOptions,
  plotRanged,
  rejectUnknownOptions,
  tf,
} from "@lightning-ts/core";
import type { MetricCollection } from "../collection/metric-collection.js";
import { stackedValues } from "./stacked-values.js";

export interface MetricTrackerOptions {
  /**
   * Whether more is better; for a collection also one answer for each of its values by name.
   * @default what the metric says in `higherIsBetter`
   */
  readonly maximize?: boolean | Readonly<Record<string, boolean>> | undefined;
}

/** The best of the steps, and which it was, from 0 on. */
export interface BestStep {
  readonly value: number;
  readonly step: number;
}

/**
 * The values of a metric, or of a collection, over steps: `increment` begins the next step, such as an epoch, with a
 * fresh copy.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryAccuracy, MetricTracker } from "@lightning-ts/metrics";
 *
 * const tracker = new MetricTracker(new BinaryAccuracy());
 * for (const score of [0.2, 0.9]) {
 *   tracker.increment();
 *   tracker.update(tf.tensor1d([score]), tf.tensor1d([1], "int32"));
 * }
 * console.log(tracker.bestMetric()); // { value: 1, step: 1 }
 * ```
 */
export class MetricTracker<TMetric extends Metric | MetricCollection = Metric | MetricCollection> extends nn.Module {
  readonly maximize: boolean | Readonly<Record<string, boolean>> | undefined;
  readonly #metric: TMetric;
  readonly #steps: (Metric | MetricCollection)[] = [];
  /** How many steps there are, in the state dict: what is loaded has the values of so many. */
  readonly #count = this.registerBuffer("steps", nn.Buffer.fromData(Int32Array.of(0), [], "int32"));

  constructor(metric: TMetric, options: MetricTrackerOptions = {}) {
    super();
    rejectUnknownOptions("MetricTracker", options, ["maximize"]);
    this.maximize = options.maximize;
    this.#metric = metric;
    this.registerLoadStateDictPreHook((entries, prefix) => this.#makeSteps(entries, `${prefix}steps`));
  }

  /** How often `increment` was called. */
  get nSteps(): number {
    return this.#steps.length;
  }

  /** Begins the next step. */
  increment(): void {
    const copy = this.#metric.clone();
    copy.reset();
    this.#steps.push(this.registerModule(String(this.#steps.length), copy));
    this.#count.setData(Int32Array.of(this.#steps.length));
  }

  /** Adds a batch to the step that is under way. */
  update(...inputs: Parameters<TMetric["update"]>): unknown {
    const metric = this.#current("update");
    return Reflect.apply(metric.update, metric, inputs);
  }

  /** Adds a batch to the step that is under way, and gives its own value. */
  override forward(...inputs: Parameters<TMetric["update"]>): unknown {
    const metric = this.#current("forward");
    return Reflect.apply(metric.forward, metric, inputs);
  }

  /** The value of the step that is under way. */
  compute(): ReturnType<TMetric["compute"]>;
  compute(): unknown {
    return this.#current("compute").compute();
  }

  /** The values of all steps, stacked; those of a collection by their names. */
  computeAll(): TMetric extends MetricCollection ? Record<string, tf.Tensor> : tf.Tensor | Record<string, tf.Tensor>;
  computeAll(): unknown {
    this.#current("computeAll");
    const values: unknown[] = this.#steps.map((metric) => metric.compute());
    const [first] = values;
    if (!isPlainObject(first) || first instanceof tf.Tensor) return stackedValues("MetricTracker", values);
    return Object.fromEntries(
      Object.keys(first).map((name) => [
        name,
        stackedValues(
          "MetricTracker",
          values.map((value) => (isPlainObject(value) ? value[name] : value)),
        ),
      ]),
    );
  }

  /** The best value and its step, the first of several alike; of a collection for each of its values by name. Reads. */
  bestMetric(): TMetric extends MetricCollection ? Record<string, BestStep> : BestStep | Record<string, BestStep>;
  bestMetric(): unknown {
    const all: tf.Tensor | Record<string, tf.Tensor> = this.computeAll();
    if (all instanceof tf.Tensor) return this.#best(all, this.#isMore(""));
    return Object.fromEntries(
      Object.entries(all).map(([name, values]) => [name, this.#best(values, this.#isMore(name))]),
    );
  }

  /** A picture of the values over the steps as SVG text, or of values that are given, as of `computeAll`. Reads. */
  plot(value?: unknown, options: PlotOptions = {}): string {
    const owner = { compute: () => this.computeAll() };
    const range = isMetric(this.#metric) ? this.#metric : {};
    return drawnValue(owner, value, (shown) => plotRanged(stepsOf(shown), range, options));
  }

  /** Forgets the batches of the step that is under way. */
  reset(): void {
    this.#current("reset").reset();
  }

  /** Forgets the batches of all steps. The steps stay. */
  resetAll(): void {
    for (const metric of this.#steps) metric.reset();
  }

  /** Makes the steps of a state dict that is about to be loaded; one of torchmetrics says of none. */
  #makeSteps(entries: Map<string, tf.Tensor | nn.HostValue>, key: string): void {
    const saved = entries.get(key) ?? { shape: [], values: [this.#steps.length] };
    entries.set(key, saved);
    const [count = 0] = saved instanceof tf.Tensor ? saved.dataSync() : Array.from(saved.values, Number);
    while (this.#steps.length < count) this.increment();
    while (this.#steps.length > count) {
      this.#steps.pop()?.dispose();
      this.registeredMembers.delete(String(this.#steps.length));
    }
  }

  #best(values: tf.Tensor, isMaximum: boolean): BestStep {
    if (values.rank > 1)
      throw new MisconfigurationError({
        message: "MetricTracker knows no best among values of several numbers.",
        expected: "a metric whose value is one number",
        received: `shape [${values.shape.slice(1).join(", ")}] in each step`,
        tryThis: "computeAll().",
      });
    let best: BestStep = { value: Number.NaN, step: 0 };
    values.dataSync().forEach((value, step) => {
      const isBetter = isMaximum ? value > best.value : value < best.value;
      if (isBetter || (Number.isNaN(best.value) && !Number.isNaN(value))) best = { value, step };
    });
    return best;
  }

  /** @param name of one of a collection's values; "" for a metric's own */
  #isMore(name: string): boolean {
    const { maximize } = this;
    const said = maximize === undefined || typeof maximize === "boolean" ? maximize : maximize[name];
    const answer = said ?? (maximize === undefined ? higherIsBetterOf(this.#metric, name) : undefined);
    if (answer !== undefined) return answer;
    throw new MisconfigurationError({
      message: `MetricTracker does not know whether more of ${name === "" ? "its metric" : name} is better.`,
      expected: name === "" ? "maximize: true or false" : `maximize with ${name}`,
      received: maximize === undefined ? "none" : Object.keys(maximize).join(", ") || "no names",
    });
  }

  #current(method: string): Metric | MetricCollection {
    const metric = this.#steps.at(-1);
    if (metric !== undefined) return metric;
    throw new MisconfigurationError({
      message: `MetricTracker.${method}() was called before its first step.`,
      expected: "increment() before it",
      received: "no step",
    });
  }
}

/** What a metric, or those of a collection, say themselves. */
function higherIsBetterOf(metric: Metric | MetricCollection, name: string): boolean | undefined {
  if (isMetric(metric)) return metric.higherIsBetter;
  const { metrics } = metric;
  if (name in metrics) return metrics[name]?.higherIsBetter;
  // A value of a metric with several: the names do not say whose it is.
  const answers = new Set(Object.values(metrics).map(({ higherIsBetter }) => higherIsBetter));
  return answers.size === 1 ? [...answers][0] : undefined;
}

/** Values of several steps, stacked, as a list with one of each. */
function stepsOf(all: unknown): unknown {
  if (all instanceof tf.Tensor) return tf.unstack(all);
  if (!isPlainObject(all)) return all;
  const parts = Object.entries(all).flatMap(([name, values]) =>
    values instanceof tf.Tensor ? [[name, tf.unstack(values)] as const] : [],
  );
  const steps = parts[0]?.[1].length ?? 0;
  return Array.from({ length: steps }, (_, i) => Object.fromEntries(parts.map(([name, values]) => [name, values[i]])));
}
