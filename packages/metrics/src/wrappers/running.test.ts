import { resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { BinaryAccuracy, BinaryAUROC, Running, RunningSum, SumMetric } from "../index.js";

describe("the last batches of a metric", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("count alone, of any metric with sums", () => {
    using _scope = tensorScope();
    const running = new Running(new BinaryAccuracy(), { window: 2 });
    const right = [tf.tensor1d([0.9]), tf.tensor1d([1], "int32")] as const;
    const wrong = [tf.tensor1d([0.9]), tf.tensor1d([0], "int32")] as const;
    for (const batch of [wrong, wrong, right]) running.update(...batch);
    expect(running.compute().dataSync()[0]).toBe(0.5);
    expect(running.forward(...right).dataSync()[0]).toBe(1);
    expect(running.compute().dataSync()[0]).toBe(1);
    running.reset();
    running.update(...wrong);
    expect(running.compute().dataSync()[0]).toBe(0);
    running.dispose();
  });

  it("leave the metric alone that was given, and nothing behind", () => {
    using _scope = tensorScope();
    const sum = new SumMetric();
    sum.update(1);
    const before = tf.memory().numTensors;
    const running = new Running(sum);
    running.update(5);
    running.dispose();
    new RunningSum().dispose();
    expect(sum.compute().dataSync()[0]).toBe(1);
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 1);
    sum.dispose();
  });

  it("are refused for metrics that keep rows, and for windows of none", () => {
    expect(() => new Running(new BinaryAUROC())).toThrow(/Running cannot keep batches of BinaryAUROC/);
    expect(() => new Running(new SumMetric(), { window: 0 })).toThrow(/Expected a whole number of batches/);
  });
});
