import { Metric, resolveBackend, tf } from "@lightning-ts/core";
import { Messages } from "@lightning-ts/fabric";
import { FakeTerminal, InProcessCollectives, StrategyOfRank } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Door } from "../../door/door.js";
import { Driver } from "../../door/driver.js";
import type { MetricSettings } from "../../results/logged-result.js";
import { ResultCollection } from "../../results/result-collection.js";
import type { Session } from "../session/session.js";
import { computeMetrics, resetMetrics, warnOfShared } from "./compute-metrics.js";
import { SETTINGS as OF_EPOCH } from "../../results/settings-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Total extends Metric {
  readonly sum = this.addState("sum", { reduce: "sum" });
  computed = 0;
  override update(value: number): void {
    this.sum.assign(tf.add(this.sum, value));
  }
  override compute(): tf.Tensor {
    this.computed += 1;
    return tf.mul(this.sum, 2);
  }
}

const SETTINGS: MetricSettings = { ...OF_EPOCH, metricAttribute: "total" };

const PLACE = { hook: "testStep", dataloaderIdx: undefined, settings: SETTINGS };

function collect(...logged: (readonly [name: string, metric: Metric, dataloaderIdx?: number])[]): ResultCollection {
  const results = new ResultCollection({ isTraining: false });
  for (const [name, metric, dataloaderIdx] of logged)
    results.updateObject({ ...PLACE, name, dataloaderIdx }, metric, undefined);
  return results;
}

function setUp(strategy: object = { worldSize: 1 }) {
  const driver = new Driver();
  const door = new Door({ driver, position: () => "the test" });
  const terminal = new FakeTerminal();
  const messages = new Messages(terminal);
  const state = { describePosition: () => "batch 3" };
  const session: Session = Object({ connection: { strategy }, door, driver, messages, state });
  return { session, driver, terminal };
}

const values = (results: ResultCollection) =>
  results.objects().map((result) => [result.name, result.hasEpochValue ? result.epochValue() : undefined]);

async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

describe("metric objects that were logged", () => {
  it("are computed once, and again when they are logged again", () => {
    const total = new Total();
    total.update(3);
    const results = collect(["a", total]);
    const { session, driver } = setUp();
    void driver.run(computeMetrics(session, results));
    void driver.run(computeMetrics(session, results));
    expect(values(results)).toEqual([["a", 6]]);
    expect(total.computed).toBe(1);
    total.update(1);
    results.updateObject({ ...PLACE, name: "a" }, total, undefined);
    void driver.run(computeMetrics(session, results));
    expect(values(results)).toEqual([["a", 8]]);
  });

  it("leave no tensors behind but their values", () => {
    const total = new Total();
    total.update(3);
    const results = collect(["a", total]);
    const { session, driver } = setUp();
    const before = tf.memory().numTensors;
    void driver.run(computeMetrics(session, results));
    expect(tf.memory().numTensors).toBe(before + 1);
    results.reset();
    expect(tf.memory().numTensors).toBe(before);
    expect(driver.scope?.isAttached).toBe(false);
  });

  it("are computed for one loader alone, when its batches are over", () => {
    const [first, second] = [new Total(), new Total()];
    first.update(1);
    second.update(2);
    const results = collect(["a", first, 0], ["b", second, 1]);
    const { session, driver } = setUp();
    void driver.run(computeMetrics(session, results, 1));
    expect(values(results)).toEqual([
      ["a", undefined],
      ["b", 4],
    ]);
    void driver.run(computeMetrics(session, results));
    expect(values(results)).toEqual([
      ["a", 2],
      ["b", 4],
    ]);
  });

  it("have no value where they were never updated, and the error names their field", async () => {
    const { session, driver } = setUp();
    const failure = await failureOf(() => driver.run(computeMetrics(session, collect(["acc", new Total()]))));
    expect(failure).toMatchObject({
      code: "LIT_LOG_METRIC",
      message: expect.stringContaining('log("acc"): the metric total was logged, but never updated in this epoch'),
    });
    expect(String(failure)).toContain("Expected this.total.forward(…) or this.total.update(…) in a step");
    expect(String(failure)).toContain("eceived a Total with updateCount 0");
    expect(String(failure)).toContain("update it where the batches are, or do not log it in epochs without any.");
    expect(driver.scope?.isAttached).toBe(false);
  });

  it("are computed of what all ranks collected, and keep their own", async () => {
    const ranks = new InProcessCollectives(2, { timeoutMs: 50 }).ranks.map((collective, rank) => {
      const total = new Total();
      if (rank === 1) total.update(5);
      const { session, driver } = setUp(new StrategyOfRank(collective));
      return { total, session, driver, results: collect(["a", total]) };
    });
    await Promise.all(ranks.map(async ({ driver, session, results }) => driver.run(computeMetrics(session, results))));
    expect(ranks.map(({ results }) => values(results))).toEqual([[["a", 10]], [["a", 10]]]);
    expect(ranks.map(({ total }) => total.sum.dataSync()[0])).toEqual([0, 5]);
  });

  it("are reset once each, under however many names", () => {
    const total = new Total();
    total.update(3);
    let resets = 0;
    const reset = total.reset.bind(total);
    total.reset = () => {
      resets += 1;
      reset();
    };
    const { session, driver } = setUp();
    void driver.run(resetMetrics(session, collect(["a", total], ["b", total])));
    expect([resets, total.updateCount]).toEqual([1, 0]);
  });

  it("have the value of a part of the epoch where somebody resets them in its middle, and a warning says of which", () => {
    const total = new Total();
    total.update(7);
    total.reset();
    const { session, driver, terminal } = setUp();
    const results = collect();
    const log = () => results.updateObject({ ...PLACE, name: "a" }, total, undefined);
    for (const value of [1, 2, 3, 4]) {
      if (value === 4) total.reset();
      total.update(value);
      log();
    }
    void driver.run(computeMetrics(session, results));
    log();
    void driver.run(computeMetrics(session, results));
    expect(values(results)).toEqual([["a", 8]]);
    expect(terminal.warnings).toEqual([
      'Warning: The metric total was reset in the middle of an epoch: log("a") gives the value of 1 of the epoch\'s 4 updates. Expected 4: the Trainer resets what is logged when the epoch ends. Try: leave reset() out, or log what compute() gives before it, as a number.',
    ]);
  });

  it("are not warned of where they are reset between epochs, or by the user before the first batch", () => {
    const total = new Total();
    const { session, driver, terminal } = setUp();
    for (let epoch = 0; epoch < 2; epoch += 1) {
      total.reset();
      total.update(1);
      total.update(1);
      const results = collect(["a", total]);
      void driver.run(computeMetrics(session, results));
      void driver.run(resetMetrics(session, results));
      results.reset();
    }
    expect(terminal.warnings).toEqual([]);
  });

  it("have no value where a reset was the last that happened, and the error says so", async () => {
    const total = new Total();
    const results = collect(["acc", total]);
    total.update(1);
    total.reset();
    const { session, driver } = setUp();
    const failure = String(await failureOf(() => driver.run(computeMetrics(session, results))));
    expect(failure).toContain("the metric total was reset in the middle of an epoch and not updated after it");
    expect(failure).toContain("Expected the 1 update of the epoch");
    expect(failure).toContain("leave this.total.reset() out");
  });

  it("go on in a resumed run with what a reset forgot before the checkpoint", () => {
    const [before, after] = [new Total(), new Total()];
    const results = collect(["a", before]);
    before.update(1);
    before.update(1);
    before.reset();
    before.update(1);
    results.updateObject({ ...PLACE, name: "a" }, before, undefined);
    after.update(9);
    after.reset();
    after.restore(before.state());
    const resumed = new ResultCollection({ isTraining: false });
    resumed.restore(results.state(), () => after);
    const { session, driver, terminal } = setUp();
    void driver.run(computeMetrics(session, resumed));
    expect(terminal.warnings.join()).toContain("1 of the epoch's 3 updates");
  });

  it("are warned of one by one where they were reset in the middle", () => {
    const [first, second] = [new Total(), new Total()];
    const { session, driver, terminal } = setUp();
    const results = new ResultCollection({ isTraining: false });
    for (const [name, metric] of [
      ["first", first],
      ["second", second],
    ] as const)
      for (const value of [1, 2, 3]) {
        if (value === 3) metric.reset();
        metric.update(value);
        results.updateObject(
          { ...PLACE, name, settings: { ...PLACE.settings, metricAttribute: name } },
          metric,
          undefined,
        );
      }
    void driver.run(computeMetrics(session, results));
    expect(terminal.warnings.map((warning) => warning.slice(9, 35))).toEqual([
      "The metric first was reset",
      "The metric second was rese",
    ]);
  });

  it("tell of all updates that a reset has forgotten, and are called a metric where they have no field", async () => {
    const total = new Total();
    const { metricAttribute: _, ...settings } = PLACE.settings;
    const results = new ResultCollection({ isTraining: false });
    for (const value of [1, 2]) {
      total.update(value);
      results.updateObject({ ...PLACE, settings, name: "acc" }, total, undefined);
    }
    total.reset();
    const { session, driver } = setUp();
    const failure = await failureOf(() => driver.run(computeMetrics(session, results)));
    expect(failure).toMatchObject({ code: "LIT_LOG_METRIC" });
    for (const part of [
      "the metric metric was reset in the middle of an epoch and not updated after it",
      "Expected the 2 updates of the epoch",
      "eceived a Total with updateCount 0",
    ])
      expect(String(failure)).toContain(part);
  });

  it("are computed without recording, which nobody asks gradients of", () => {
    const seen: unknown[] = [];
    class Looks extends Total {
      override compute(): tf.Tensor {
        seen.push(tf.engine().state.gradientDepth);
        return super.compute();
      }
    }
    const metric = new Looks();
    metric.update(1);
    const { session, driver } = setUp();
    void driver.run(computeMetrics(session, collect(["a", metric])));
    expect(seen).toEqual([0]);
  });

  it("are warned of one by one", () => {
    const [first, second] = [new Total(), new Total()];
    const { session, terminal } = setUp();
    const results = new ResultCollection({ isTraining: true });
    for (const [name, metric] of [
      ["first", first],
      ["second", second],
    ] as const)
      results.updateObject(
        { ...PLACE, name, settings: { ...PLACE.settings, metricAttribute: name } },
        metric,
        undefined,
      );
    warnOfShared(session, results, results);
    expect(terminal.warnings.map((warning) => warning.slice(9, 33))).toEqual([
      "The metric first is logg",
      "The metric second is log",
    ]);
  });

  it("are warned of where training and validation share one", () => {
    const [shared, own] = [new Total(), new Total()];
    const { session, terminal } = setUp();
    warnOfShared(session, collect(["val", own]), collect(["train", shared]));
    expect(terminal.warnings).toEqual([]);
    warnOfShared(session, collect(["val", own], ["both", shared]), collect(["train", shared]));
    warnOfShared(session, collect(["both", shared]), collect(["train", shared]));
    expect(terminal.warnings).toEqual([
      "Warning: The metric total is logged in training and in validation, whose end resets it in the middle of the training epoch. Use one object for each of the two.",
    ]);
  });
});
