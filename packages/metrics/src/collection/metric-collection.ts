import {
  charts,
  classNameOf,
  drawnValue,
  isMetric,
  isPlainObject,
  isPromiseLike,
  type Metric,
  MisconfigurationError,
  nn,
  type PlotOptions,
  plotValues,
  rejectUnknownOptions,
  tf,
} from "@lightning-ts/core";
import { whenAll } from "../base/when-all.js";
import { computeGroups } from "./compute-groups.js";

/** Metrics by their names, or in a list, where each is named as its class. */
export type Metrics = Readonly<Record<string, Metric | MetricCollection>> | readonly Metric[];

export interface MetricCollectionOptions {
  /** What names begin with. @default "" */
  readonly prefix?: string | undefined;
  /** What names end with. @default "" */
  readonly postfix?: string | undefined;
  /**
   * Whether metrics that collect the same share one state, which one of them updates; or lists of names that do. Then
   * `compute` gives all values, and the metrics themselves cannot be logged. @default false
   */
  readonly computeGroups?: boolean | readonly (readonly string[])[] | undefined;
}

export interface CollectionPlotOptions extends PlotOptions {
  /** Whether all values are in one picture. @default false */
  readonly together?: boolean | undefined;
}

/**
 * Several metrics that are updated with the same inputs. `this.logDict(collection.metrics)` logs all of them.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryPrecision, BinaryRecall, MetricCollection } from "@lightning-ts/metrics";
 *
 * const collection = new MetricCollection([new BinaryPrecision(), new BinaryRecall()], { prefix: "val_" });
 * collection.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(Object.keys(collection.compute())); // ["val_BinaryPrecision", "val_BinaryRecall"]
 * ```
 */
export class MetricCollection extends nn.Module {
  readonly prefix: string;
  readonly postfix: string;
  readonly #metrics = new Map<string, Metric>();
  readonly #groups: readonly (readonly string[])[];
  readonly #options: MetricCollectionOptions;

  constructor(metrics: Metrics, options: MetricCollectionOptions = {}) {
    super();
    rejectUnknownOptions("MetricCollection", options, ["prefix", "postfix", "computeGroups"]);
    this.#options = options;
    this.prefix = options.prefix ?? "";
    this.postfix = options.postfix ?? "";
    for (const [name, metric] of named(metrics)) this.#add(name, metric);
    this.#groups = computeGroups(this.#metrics, options.computeGroups ?? false);
  }

  /** The metrics by the names of their values. */
  get metrics(): Readonly<Record<string, Metric>> {
    return Object.fromEntries([...this.#metrics].map(([name, metric]) => [this.#full(name), metric]));
  }

  /** Which metrics share a state. */
  get computeGroups(): readonly (readonly string[])[] {
    return this.#groups;
  }

  /** Updates each metric; of those that share a state, one. @returns a promise where an `update` does */
  update(...inputs: readonly unknown[]): unknown {
    const calls = this.#groups.map(([leader = ""]) => call(this.#metrics.get(leader), "update", inputs));
    return whenAll(calls, () => undefined);
  }

  /** Adds a batch, and gives each metric's value of this batch alone. */
  override forward(...inputs: readonly unknown[]): Record<string, unknown> {
    return this.#values((metric, isLeader) => {
      if (isLeader) return call(metric, "forward", inputs);
      const alone = metric.clone();
      alone.reset();
      let value: unknown;
      try {
        value = call(alone, "forward", inputs);
      } finally {
        if (!isPromiseLike(value)) alone.dispose();
      }
      return isPromiseLike(value) ? Promise.resolve(value).finally(() => alone.dispose()) : value;
    });
  }

  /** Each metric's value of all batches. A metric with several values gives them under their own names. */
  compute(): Record<string, unknown> {
    return this.#values((metric, isLeader, leader) => {
      if (isLeader) return metric.compute();
      if (metric.updateCount > 0) throw updatedAlone(metric, leader);
      return metric.computeOf(leader.state());
    });
  }

  /**
   * Pictures of all metrics beside each other, as SVG text; together in one with `together`. Reads.
   * @param value what `forward` or `compute` gave, or a list of it @default what `compute` gives now
   */
  plot(value?: unknown, { together = false, ...options }: CollectionPlotOptions = {}): string {
    return drawnValue(this, value, (shown) => {
      if (together) return plotValues(shown, options);
      const steps = Array.isArray(shown) ? shown : [shown];
      const drawn = [...this.#metrics].flatMap(([name, metric]) => {
        const full = this.#full(name);
        const values: unknown[] = steps.map((step: unknown) => (isPlainObject(step) ? step[full] : undefined));
        if (values.some((one) => one === undefined)) return [];
        return [metric.plot(Array.isArray(shown) ? values : values[0], { title: full, ...options })];
      });
      return drawn.length > 0 ? charts.beside(drawn) : plotValues(shown, options);
    });
  }

  reset(): void {
    for (const metric of this.#metrics.values()) metric.reset();
  }

  /** The same metrics, with what they have collected; under other names, if they are given. */
  clone({ prefix, postfix }: Pick<MetricCollectionOptions, "prefix" | "postfix"> = {}): MetricCollection {
    const copies = Object.fromEntries([...this.#metrics].map(([name, metric]) => [name, metric.clone()]));
    return new MetricCollection(copies, {
      ...this.#options,
      prefix: prefix ?? this.prefix,
      postfix: postfix ?? this.postfix,
    });
  }

  #values(valueOf: (metric: Metric, isLeader: boolean, leader: Metric) => unknown): Record<string, unknown> {
    const found = new Map<string, unknown>();
    for (const [leaderName = "", ...others] of this.#groups) {
      const leader = this.#metrics.get(leaderName);
      if (leader === undefined) continue;
      for (const name of [leaderName, ...others]) {
        const metric = this.#metrics.get(name);
        if (metric !== undefined) found.set(name, valueOf(metric, name === leaderName, leader));
      }
    }
    const values: Record<string, unknown> = {};
    for (const name of this.#metrics.keys()) {
      const value = found.get(name);
      if (!isPlainObject(value) || value instanceof tf.Tensor) values[this.#full(name)] = value;
      else for (const [key, part] of Object.entries(value)) values[this.#full(key)] = part;
    }
    return values;
  }

  #add(name: string, metric: Metric): void {
    if (this.#metrics.has(name))
      throw new MisconfigurationError({
        message: `Two metrics of this collection have the name ${name}.`,
        expected: "one metric for each name",
        received: `${name} twice`,
        tryThis: "an object of metrics with names of their own.",
      });
    this.#metrics.set(name, metric);
    this.registerModule(name, metric);
  }

  #full(name: string): string {
    return `${this.prefix}${name}${this.postfix}`;
  }
}

/** What a metric has collected by itself would be lost, because it shares the state of another one. */
function updatedAlone(metric: Metric, leader: Metric): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_METRIC_STATE",
    message: `${classNameOf(metric)} was updated by itself, though it shares the state of ${classNameOf(leader)} in a compute group.`,
    expected: "updates through the collection, which updates one metric of each group",
    received: `${metric.updateCount} ${metric.updateCount === 1 ? "update" : "updates"} of its own`,
    tryThis: "computeGroups: false for metrics that are updated, restored or logged one by one.",
  });
}

/** All metrics with their names; those of a collection within are named after both. */
function* named(metrics: Metrics): Iterable<[name: string, metric: Metric]> {
  if (isList(metrics)) for (const metric of metrics) yield [classNameOf(metric), required(metric)];
  else
    for (const [name, metric] of Object.entries(metrics)) {
      if (metric instanceof MetricCollection)
        for (const [inner, one] of Object.entries(metric.metrics)) yield [`${name}_${inner}`, one];
      else yield [name, required(metric)];
    }
}

function isList(metrics: Metrics): metrics is readonly Metric[] {
  return Array.isArray(metrics);
}

function required(metric: unknown): Metric {
  if (isMetric(metric)) return metric;
  throw new MisconfigurationError({
    message: "A MetricCollection holds metrics.",
    expected: "metrics, or other collections under names",
    received: String(metric),
  });
}

function call(metric: Metric | undefined, method: "update" | "forward", inputs: readonly unknown[]): unknown {
  return metric === undefined ? undefined : Reflect.apply(metric[method], metric, inputs);
}
