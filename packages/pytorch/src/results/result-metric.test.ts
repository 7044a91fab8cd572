import { resolveBackend, tf } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import { beforeAll, describe, expect, it } from "vitest";
import { ResultCollection, type LogPlace } from "./result-collection.js";
import { ResultMetric } from "./result-metric.js";
import type { MetricSettings } from "./logged-result.js";
import { SETTINGS } from "./settings-under-test.js";

beforeAll(() => resolveBackend("cpu"));

const BOTH = { ...SETTINGS, onStep: true };

function metricOf(settings: MetricSettings, values: readonly (readonly [value: number, weight: number])[] = []) {
  const metric = new ResultMetric("loss", undefined, settings);
  for (const [value, weight] of values) metric.update(new LazyScalar(value), weight);
  return metric;
}

describe("the names of a metric", () => {
  it("tell steps and epochs apart only where both are published", () => {
    const names = (settings: MetricSettings, dataloaderIdx?: number) => {
      const { stepName, epochName, isForked } = new ResultMetric("loss", dataloaderIdx, settings);
      return [stepName, epochName, isForked];
    };
    expect(names(BOTH)).toEqual(["loss_step", "loss_epoch", true]);
    expect(names(SETTINGS)).toEqual(["loss", "loss", false]);
    expect(names({ ...BOTH, onEpoch: false })).toEqual(["loss", "loss", false]);
    expect(names(BOTH, 1)).toEqual(["loss_step/dataloader_idx_1", "loss_epoch/dataloader_idx_1", true]);
    expect(names({ ...SETTINGS, addDataloaderIdx: false }, 1)).toEqual(["loss", "loss", false]);
  });
});

describe("the value of an epoch", () => {
  const values = [
    [2, 1],
    [5, 3],
    [1, 1],
  ] as const;

  it.each([
    ["mean", (2 + 15 + 1) / 5],
    ["sum", 8],
    ["min", 1],
    ["max", 5],
  ] as const)("as %s", (reduceFx, expected) => {
    expect(metricOf({ ...SETTINGS, reduceFx }, values).epochValue()).toBe(expected);
    expect(metricOf({ ...SETTINGS, reduceFx }, [[-3, 2]]).epochValue()).toBe(-3);
  });

  it("is there once something is collected", () => {
    const metric = metricOf(SETTINGS);
    expect(metric.hasEpochValue).toBe(false);
    metric.update(new LazyScalar(1), 1);
    expect(metric.hasEpochValue).toBe(true);
    metric.epochValue();
    expect(metric.hasEpochValue).toBe(true);
    metric.reset();
    expect([metric.hasEpochValue, metric.latest]).toEqual([false, undefined]);
  });

  it("collects nothing where only steps are published", () => {
    const metric = metricOf({ ...BOTH, onEpoch: false }, [[1, 1]]);
    expect([metric.hasEpochValue, metric.latest?.read()]).toEqual([false, 1]);
  });

  it("begins again after a reset", () => {
    const metric = metricOf({ ...SETTINGS, reduceFx: "max" }, [[5, 1]]);
    metric.epochValue();
    metric.reset();
    metric.update(new LazyScalar(-1), 1);
    expect(metric.epochValue()).toBe(-1);
    expect(metric.state()).toMatchObject({ weight: 1, count: 1 });
  });
});

describe("values that are still on the device", () => {
  it("are read when many wait, except the two newest, which may belong to steps that still run", () => {
    const metric = metricOf({ ...SETTINGS, reduceFx: "sum" });
    const scalars = Array.from({ length: 64 }, () => new LazyScalar(tf.scalar(1)));
    for (const [index, scalar] of scalars.entries()) {
      metric.update(scalar.retain(), 1);
      if (index < 63) expect(scalar.isOnDevice).toBe(true);
    }
    expect(scalars.filter(({ isOnDevice }) => isOnDevice)).toEqual(scalars.slice(-2));
    expect(metric.epochValue()).toBe(64);
  });

  it("are given back: when they are collected, when others come, and after a reset", () => {
    const before = tf.memory().numTensors;
    const metric = metricOf(BOTH);
    for (let i = 0; i < 3; i += 1) tf.tidy(() => metric.update(new LazyScalar(tf.scalar(i)), 1));
    metric.reset();
    expect(tf.memory().numTensors - before).toBe(0);
    tf.tidy(() => metric.update(new LazyScalar(tf.scalar(1)), 1));
    metric.epochValue();
    metric.takeLatestOfAllRanks(3);
    expect(tf.memory().numTensors - before).toBe(0);
  });
});

describe("a metric in a checkpoint", () => {
  it("goes on where it was", () => {
    const first = metricOf(BOTH, [
      [2, 1],
      [5, 3],
    ]);
    const state = first.state();
    expect(state).toEqual({
      name: "loss",
      dataloaderIdx: null,
      settings: BOTH,
      latest: 5,
      accumulated: 17,
      weight: 4,
      count: 2,
    });
    const second = metricOf(BOTH, [[100, 100]]);
    second.restore(state);
    second.update(new LazyScalar(7), 4);
    expect([second.epochValue(), second.latest?.read()]).toEqual([(17 + 28) / 8, 7]);
  });

  it("has no latest value where there was none", () => {
    const metric = metricOf(BOTH, [[1, 1]]);
    metric.restore({ ...metricOf(BOTH).state(), dataloaderIdx: 2 });
    expect([metric.latest, metric.hasEpochValue]).toEqual([undefined, false]);
    expect(new ResultMetric("loss", 2, BOTH).state().dataloaderIdx).toBe(2);
  });
});

describe("a metric over several ranks", () => {
  const synced = { ...BOTH, syncDist: true };

  it("offers its latest value once, and shows that of all ranks", () => {
    const metric = metricOf(synced, [[4, 1]]);
    expect(metric.ownLatest?.read()).toBe(4);
    metric.takeLatestOfAllRanks(6);
    expect([metric.ownLatest, metric.latest?.read()]).toEqual([undefined, 6]);
    metric.update(new LazyScalar(8), 1);
    expect(metric.ownLatest?.read()).toBe(8);
  });

  it("offers no latest value that is not to be reduced, or not published", () => {
    expect(metricOf(BOTH, [[4, 1]]).ownLatest).toBeUndefined();
    expect(metricOf({ ...synced, onStep: false }, [[4, 1]]).ownLatest).toBeUndefined();
  });

  it("offers what it has collected until that is reduced, and again when more has come", () => {
    const metric = metricOf(synced, [[4, 2]]);
    expect(metric.ownCollected()).toEqual({ value: 8, weight: 2 });
    metric.takeCollectedOfAllRanks({ value: 30, weight: 5 });
    expect([metric.ownCollected(), metric.epochValue()]).toEqual([undefined, 6]);
    metric.update(new LazyScalar(1), 1);
    expect(metric.ownCollected()).toEqual({ value: 9, weight: 3 });
    expect(metric.epochValue()).toBe(3);
    metric.takeCollectedOfAllRanks({ value: 30, weight: 5 });
    metric.reset();
    expect(metric.ownCollected()).toBeUndefined();
  });

  it("offers nothing collected that is not to be reduced, or not published", () => {
    expect(metricOf(BOTH, [[4, 1]]).ownCollected()).toBeUndefined();
    expect(metricOf({ ...synced, onEpoch: false }, [[4, 1]]).ownCollected()).toBeUndefined();
    expect(metricOf(synced).ownCollected()).toBeUndefined();
  });
});

describe("a collection of metrics", () => {
  const nowhere = () => undefined;
  const add = (
    results: ResultCollection,
    place: Partial<LogPlace> & { readonly hook: string; readonly name: string },
  ) => results.update({ dataloaderIdx: undefined, settings: SETTINGS, ...place }, new LazyScalar(1), 1);
  const filled = (...entries: readonly (readonly [hook: string, name: string, index?: number])[]) => {
    const results = new ResultCollection({ isTraining: true });
    for (const [hook, name, index] of entries) add(results, { hook, name, dataloaderIdx: index });
    return results;
  };
  const epochNames = (results: ResultCollection) => [...results.metrics()].map(({ epochName }) => epochName);

  it("keeps one metric for each hook, name and loader, in the order in which they came", () => {
    const results = filled(["b", "x"], ["a", "x"], ["b", "y", 1], ["b", "y", 0], ["b", "x"]);
    expect(epochNames(results)).toEqual(["x", "y/dataloader_idx_1", "y/dataloader_idx_0", "x"]);
    expect([...results.metrics()].map((metric) => metric.state().count)).toEqual([2, 1, 1, 1]);
    expect([results.isEmpty, new ResultCollection({ isTraining: false }).isEmpty]).toEqual([false, true]);
  });

  it("forgets everything when it is reset, and frees it", () => {
    const before = tf.memory().numTensors;
    const results = new ResultCollection({ isTraining: true });
    tf.tidy(() =>
      results.update(
        { hook: "a", name: "x", dataloaderIdx: undefined, settings: SETTINGS },
        new LazyScalar(tf.scalar(1)),
        1,
      ),
    );
    results.reset();
    expect([results.isEmpty, epochNames(results), tf.memory().numTensors - before]).toEqual([true, [], 0]);
  });

  it("goes on from a checkpoint, an older one too", () => {
    const state = filled(["a", "x"], ["a", "y", 1], ["b", "x"]).state();
    const results = filled(["old", "z"]);
    results.restore(state, nowhere);
    expect(results.state()).toEqual(state);
    results.update({ hook: "a", name: "y", dataloaderIdx: 1, settings: SETTINGS }, new LazyScalar(3), 1);
    expect([...results.metrics()][1]?.epochValue()).toBe(2);
    const older = JSON.parse(JSON.stringify(state).replaceAll(',"syncDist":false', ""));
    results.restore(older, nowhere);
    expect(results.state()).toEqual(state);
  });

  it("refuses a name that is logged with other options in the same hook", () => {
    const others = {
      progBar: true,
      logger: false,
      onStep: true,
      onEpoch: false,
      reduceFx: "sum",
      syncDist: true,
    } as const;
    for (const [name, value] of Object.entries(others)) {
      const settings = { ...SETTINGS, [name]: value };
      const results = filled(["a", "x"]);
      expect(() => add(results, { hook: "a", name: "x", settings }), name).toThrow(
        expect.objectContaining({
          code: "LIT_LOG_SETTINGS",
          message: `log("x") was called twice in a with different options. Expected ${JSON.stringify(SETTINGS)}. Received ${JSON.stringify(settings)}. Try: another name for one of the two.`,
        }),
      );
      add(results, { hook: "b", name: "x", settings });
    }
    const same = filled(["a", "x"]);
    add(same, { hook: "a", name: "x", settings: { ...SETTINGS } });
    expect(epochNames(same)).toEqual(["x"]);
    expect(() => add(same, { hook: "a", name: "x", settings: { ...SETTINGS, addDataloaderIdx: false } })).toThrow(
      expect.objectContaining({ code: "LIT_LOG_SETTINGS" }),
    );
  });

  it("refuses one name for several loaders where their number is not added", () => {
    const results = new ResultCollection({ isTraining: false });
    const settings = { ...SETTINGS, addDataloaderIdx: false };
    add(results, { hook: "validationStep", name: "x", dataloaderIdx: 0, settings });
    add(results, { hook: "validationStep", name: "x", dataloaderIdx: 0, settings });
    expect(() => add(results, { hook: "validationStep", name: "x", dataloaderIdx: 1, settings })).toThrow(
      expect.objectContaining({
        code: "LIT_LOG_SETTINGS",
        message:
          'log("x") was called in validationStep for dataloaders 0 and 1. Expected a name of its own for each dataloader, since addDataloaderIdx is false. Try: log(`x_${dataloaderIdx}`, …), or leave addDataloaderIdx out.',
      }),
    );
  });
});
