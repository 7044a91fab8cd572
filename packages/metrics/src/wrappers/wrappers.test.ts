import { Metric, RandomStream, resolveBackend, seedEverything, tensorScope, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  BinaryAccuracy,
  BinaryAUROC,
  BinaryPrecision,
  BinaryRecall,
  BootStrapper,
  CatMetric,
  ClasswiseWrapper,
  MeanMetric,
  MeanSquaredError,
  MetricCollection,
  MetricTracker,
  MinMaxMetric,
  MulticlassRecall,
  MultioutputWrapper,
  SumMetric,
} from "../index.js";

const number = (value: unknown) => (value instanceof tf.Tensor ? value.dataSync()[0] : value);
const classes = (...values: number[]) => tf.tensor1d(values, "int32");

/** A metric that waits, as those with work elsewhere do. */
class Waiting extends Metric {
  readonly sum = this.addState("sum", { reduce: "sum" });

  override async update(x: tf.Tensor): Promise<void> {
    await Promise.resolve();
    this.sum.assign(tf.add(this.sum, tf.sum(x)));
  }
  override async compute(): Promise<tf.Tensor> {
    await Promise.resolve();
    return tf.clone(this.sum);
  }
}

describe("the least and the largest value of a metric", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("are those of everything computed, over resets, clones and saved modules", () => {
    using _scope = tensorScope();
    const metric = new MinMaxMetric(new SumMetric());
    for (const value of [3, 1, Number.NaN, 2]) {
      metric.update(value);
      metric.compute();
      metric.reset();
    }
    const copy = metric.clone();
    const restored = new MinMaxMetric(new SumMetric());
    restored.loadStateDict(metric.stateDict());
    for (const one of [metric, copy, restored]) {
      one.update(2);
      expect([one.compute().raw, one.compute().min, one.compute().max].map(number)).toEqual([2, 0, 3]);
      one.dispose();
    }
  });

  it("know batches that it was called for", () => {
    using _scope = tensorScope();
    const metric = new MinMaxMetric(new SumMetric());
    expect([1, 5, 2].map((value) => number(metric.forward(value).max))).toEqual([1, 5, 5]);
    expect(number(metric.compute().raw)).toBe(8);
    expect(metric.updateCount).toBe(3);
    metric.dispose();
  });
});

describe("wrappers", () => {
  it("work on a copy, whose states they declare, reset and free", () => {
    using _scope = tensorScope();
    const recall = new MulticlassRecall({ numClasses: 2, average: "none" });
    recall.update(classes(0, 0), classes(0, 1));
    const before = tf.memory().numTensors;
    const wrapper = new ClasswiseWrapper(recall);
    wrapper.update(classes(1, 1), classes(1, 1));
    expect([...wrapper.reductions.keys()]).toEqual([...recall.reductions.keys()].map((name) => `metric.${name}`));
    expect(number(wrapper.compute()["multiclassrecall_1"])).toBe(1);
    expect([...recall.compute().dataSync()]).toEqual([1, 0]);
    wrapper.reset();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(number(wrapper.compute()["multiclassrecall_1"])).toBe(0);
    warn.mockRestore();
    wrapper.dispose();
    expect(Object.values(wrapper.state().values).every((state) => state.isDisposed)).toBe(true);
    expect(tf.memory().numTensors).toBeGreaterThanOrEqual(before);
  });

  it("keep rows of metrics that collect them, and give each batch's value", () => {
    using _scope = tensorScope();
    const [alone, wrapped] = [new BinaryAUROC(), new MinMaxMetric(new BinaryAUROC())];
    const batches = [
      [0.1, 0.9, 0.4],
      [0.7, 0.6],
    ].map((scores, i) => [tf.tensor1d(scores), i] as const);
    for (const [scores, i] of batches) {
      const target = i === 0 ? classes(0, 1, 1) : classes(0, 1);
      expect(number(wrapped.forward(scores, target).raw)).toBe(number(alone.forward(scores, target)));
    }
    expect(number(wrapped.compute().raw)).toBe(number(alone.compute()));
    const states = wrapped.state();
    wrapped.update(tf.tensor1d([0.5]), classes(1));
    expect(number(wrapped.compute().raw)).not.toBe(number(alone.compute()));
    expect(Object.keys(states.values)).toEqual([...wrapped.reductions.keys()]);
    for (const one of [alone, wrapped]) one.dispose();
  });

  it("wait for metrics that wait", async () => {
    const metric = new MinMaxMetric(new Waiting());
    await metric.update(tf.tensor1d([1, 2]));
    expect(number((await metric.forward(tf.tensor1d([4]))).raw)).toBe(4);
    expect(number((await metric.compute()).raw)).toBe(7);
    const outputs = new MultioutputWrapper(new Waiting(), { numOutputs: 2 });
    await outputs.update(tf.tensor2d([[1, 2]]));
    expect([...(await outputs.compute()).dataSync()]).toEqual([1, 2]);
  });

  it("say what does not fit", () => {
    using _scope = tensorScope();
    const outputs = new MultioutputWrapper(new MeanSquaredError(), { numOutputs: 3 });
    expect(() => outputs.update(tf.ones([2, 2]), tf.ones([2, 2]))).toThrow(/Expected 3 outputs in dimension -1/);
    const recall = () => new MulticlassRecall({ numClasses: 2, average: "none" });
    const labelled = new ClasswiseWrapper(recall(), { labels: ["a"] });
    labelled.update(classes(0), classes(0));
    expect(() => labelled.compute()).toThrow(/Expected 1 values, as labels. Received shape \[2\]/);
    const several = new MinMaxMetric(recall());
    several.update(classes(0), classes(0));
    expect(() => several.compute()).toThrow(/MinMaxMetric compares single values/);
    expect(() => new BootStrapper(new SumMetric(), { numBootstraps: 0 })).toThrow(/numBootstraps/);
    expect(() => new BootStrapper(new SumMetric(), { quantile: [0.5, 2] })).toThrow(/Expected numbers from 0 to 1/);
    expect(() => new BootStrapper(new SumMetric()).update(3)).toThrow(/BootStrapper draws rows/);
    const wrong: object = { prefx: "a" };
    expect(() => new ClasswiseWrapper(recall(), wrong)).toThrow(/prefix/);
  });
});

describe.each(["poisson", "multinomial"] as const)("%s bootstraps of a metric", (samplingStrategy) => {
  const values = Array.from({ length: 400 }, (_, i) => (i % 20) / 10);
  const made = () => {
    const metric = new BootStrapper(new MeanMetric(), {
      ...{ numBootstraps: 200, quantile: [0, 0.5, 1], raw: true, samplingStrategy },
    });
    metric.update(tf.tensor1d(values));
    return metric;
  };

  it("vary about the metric's value as its standard error says", () => {
    using _scope = tensorScope();
    seedEverything(5);
    const metric = made();
    const { mean, std, quantile, raw } = metric.compute();
    expect(number(mean)).toBeCloseTo(0.95, 1);
    const standardError = Math.sqrt(values.reduce((sum, value) => sum + (value - 0.95) ** 2, 0)) / 400;
    expect(Number(number(std)) / standardError).toBeGreaterThan(0.8);
    expect(Number(number(std)) / standardError).toBeLessThan(1.2);
    const sorted = [...(raw?.dataSync() ?? [])].toSorted((a, b) => a - b);
    const middle = (Number(sorted[99]) + Number(sorted[100])) / 2;
    const found = [...(quantile?.dataSync() ?? [])];
    [sorted[0], middle, sorted[199]].forEach((value, i) => expect(found[i]).toBeCloseTo(Number(value), 6));
    metric.dispose();
  });

  it("draw the same from the same seed, and leave other streams where they were", () => {
    using _scope = tensorScope();
    const run = () => {
      seedEverything(9);
      const before = RandomStream.named("shuffle").state();
      const metric = made();
      expect(RandomStream.named("shuffle").state()).toEqual(before);
      const raw = [...(metric.compute().raw?.dataSync() ?? [])];
      metric.dispose();
      return raw;
    };
    expect(run()).toEqual(run());
  });

  it("sample all inputs and lists alike, and go on after saving", () => {
    using _scope = tensorScope();
    seedEverything(3);
    const metric = new BootStrapper(new MeanSquaredError(), { numBootstraps: 8, samplingStrategy, raw: true });
    const x = tf.range(0, 30); // long enough that no sample is empty
    metric.update(x, tf.add(x, 2));
    expect([...(metric.compute().raw?.dataSync() ?? [])]).toEqual(Array.from({ length: 8 }, () => 4));
    const copy = metric.clone();
    expect([...(copy.compute().raw?.dataSync() ?? [])]).toEqual(Array.from({ length: 8 }, () => 4));
    for (const one of [metric, copy]) one.dispose();
  });
});

describe("a metric over steps", () => {
  it("has a value for each step, and the best of them", () => {
    using _scope = tensorScope();
    const tracker = new MetricTracker(new BinaryAccuracy());
    for (const scores of [
      [0.2, 0.2],
      [0.9, 0.8],
      [0.9, 0.1],
      [0.7, 0.7],
    ]) {
      tracker.increment();
      tracker.update(tf.tensor1d(scores), classes(1, 1));
    }
    expect(tracker.nSteps).toBe(4);
    expect(number(tracker.compute())).toBe(1);
    const all = tracker.computeAll();
    expect(all instanceof tf.Tensor && [...all.dataSync()]).toEqual([0, 1, 0.5, 1]);
    expect(tracker.bestMetric()).toEqual({ value: 1, step: 1 });
    tracker.reset();
    expect(number(tracker.forward(tf.tensor1d([0.1]), classes(1)))).toBe(0);
    expect(tracker.bestMetric()).toEqual({ value: 1, step: 1 });
    tracker.dispose();
  });

  it("tracks each value of a collection, for more or for less", () => {
    using _scope = tensorScope();
    const metrics = new MetricCollection({ precision: new BinaryPrecision(), recall: new BinaryRecall() });
    const tracker = new MetricTracker(metrics, { maximize: { precision: false, recall: true } });
    for (const scores of [
      [0.9, 0.9],
      [0.9, 0.1],
    ]) {
      tracker.increment();
      tracker.update(tf.tensor1d(scores), classes(1, 0));
    }
    expect(tracker.bestMetric()).toEqual({ precision: { value: 0.5, step: 0 }, recall: { value: 1, step: 0 } });
    tracker.dispose();
    const half = new MetricTracker(metrics, { maximize: { recall: true } });
    half.increment();
    half.update(tf.tensor1d([0.9]), classes(1));
    expect(() => half.bestMetric()).toThrow(/whether more of precision is better/);
    half.dispose();
  });

  it("has the steps of a state dict that is loaded, and as many as before where that says nothing of them", () => {
    using _scope = tensorScope();
    const made = (steps: number) => {
      const tracker = new MetricTracker(new MinMaxMetric(new SumMetric()));
      for (let step = 0; step < steps; step += 1) tracker.increment();
      return tracker;
    };
    const saved = made(2);
    saved.forward(3);
    for (const other of [made(0), made(1), made(4)]) {
      other.loadStateDict(saved.stateDict());
      expect(other.nSteps).toBe(2);
      expect(other.namedModules().map(([name]) => name)).toEqual(saved.namedModules().map(([name]) => name));
      expect([...other.stateDict().get("1.max")!.dataSync()]).toEqual([3]);
      other.dispose();
    }
    expect(made(0).loadStateDict({})).toEqual({ missingKeys: [], unexpectedKeys: [] });
    saved.dispose();
  });

  it("frees what its steps have collected with itself", () => {
    const before = tf.memory().numTensors;
    const tracker = new MetricTracker(new MetricCollection([new CatMetric(), new SumMetric()]));
    for (let step = 0; step < 2; step += 1) {
      using _scope = tensorScope();
      tracker.increment();
      tracker.forward(tf.tensor1d([0.1, 0.9]));
    }
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    for (let turn = 0; turn < 2; turn += 1) tracker.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("skips steps without a value, and asks for its first step", () => {
    using _scope = tensorScope();
    const tracker = new MetricTracker(new SumMetric({ nanStrategy: "disable" }), { maximize: false });
    expect(() => tracker.update(1)).toThrow(/Expected increment\(\) before it/);
    for (const value of [Number.NaN, 4, 3, Number.NaN]) {
      tracker.increment();
      tracker.update(value);
    }
    expect(tracker.bestMetric()).toEqual({ value: 3, step: 2 });
    tracker.dispose();
  });
});
