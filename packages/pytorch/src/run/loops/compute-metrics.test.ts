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

const SETTINGS: MetricSettings = {
  progBar: false,
  logger: true,
  onStep: false,
  onEpoch: true,
  reduceFx: "mean",
  addDataloaderIdx: true,
  syncDist: false,
  metricAttribute: "total",
};

function collect(...logged: (readonly [name: string, metric: Metric, dataloaderIdx?: number])[]): ResultCollection {
  const results = new ResultCollection({ isTraining: false });
  for (const [name, metric, dataloaderIdx] of logged)
    results.updateObject({ hook: "testStep", name, dataloaderIdx, settings: SETTINGS }, metric, undefined);
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
    results.updateObject(
      { hook: "testStep", name: "a", dataloaderIdx: undefined, settings: SETTINGS },
      total,
      undefined,
    );
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
