import { resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  BinaryF1Score,
  BinaryPrecision,
  BinaryRecall,
  CompositionalMetric,
  MeanMetric,
  MeanSquaredError,
  MulticlassRecall,
  SumMetric,
} from "../index.js";

const number = (value: tf.Tensor) => value.dataSync()[0];
const preds = () => tf.tensor1d([0.9, 0.2, 0.7, 0.1]);
const target = () => tf.tensor1d([1, 0, 0, 1], "int32");

describe("arithmetic of metrics", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("updates each metric once, wherever it occurs", () => {
    using _scope = tensorScope();
    const [inner, recall] = [new BinaryPrecision(), new BinaryRecall()];
    const [p, r, f1] = [CompositionalMetric.of(inner), CompositionalMetric.of(recall), new BinaryF1Score()];
    const harmonic = p.mul(r).mul(2).div(p.add(r));
    const update = vi.spyOn(inner, "update");
    for (const one of [harmonic, f1]) {
      one.update(preds(), target());
      one.update(tf.tensor1d([0.6]), tf.tensor1d([1], "int32"));
    }
    expect(update).toHaveBeenCalledTimes(2);
    expect(number(harmonic.compute())).toBeCloseTo(Number(number(f1.compute())), 6);
    expect(number(inner.compute())).toBeCloseTo(2 / 3, 6);
    expect([...harmonic.reductions.keys()].every((name) => /^[01]\./.test(name))).toBe(true);
    expect(number(harmonic.forward(preds(), target()))).toBeCloseTo(0.5, 6);
    expect(inner.updateCount).toBe(3);
    harmonic.reset();
    expect(inner.updateCount).toBe(0);
    for (const one of [harmonic, f1]) one.dispose();
  });

  it("clones to copies of its metrics, and says what was never updated once for each of them", () => {
    using _scope = tensorScope();
    const sum = new SumMetric();
    const twice = CompositionalMetric.of(sum).add(sum);
    twice.update(3);
    const copy = twice.clone();
    copy.update(1);
    expect([twice, copy].map((one) => number(one.compute()))).toEqual([6, 8]);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    copy.reset();
    copy.compute();
    expect(warn.mock.calls.flat().join()).toMatch(/SumMetric/);
    expect(warn.mock.calls.flat().join()).not.toMatch(/Compositional/);
    warn.mockRestore();
    for (const one of [twice, copy]) one.dispose();
  });

  it("keeps tensors that their owner disposes, and has numbers on the left", () => {
    using _scope = tensorScope();
    const shift = tf.tensor1d([1, 2]);
    const metric = CompositionalMetric.of(10).sub(new MeanMetric()).add(shift);
    shift.dispose();
    metric.update(4);
    expect([...metric.compute().dataSync()]).toEqual([7, 8]);
    metric.dispose();
  });

  it("negates, unlike torchmetrics, whose minus is never positive, and combines answers", () => {
    using _scope = tensorScope();
    const mean = () => CompositionalMetric.of(new MeanMetric());
    const value = (metric: CompositionalMetric) => {
      metric.update(-3);
      const found = number(metric.compute());
      metric.dispose();
      return found;
    };
    expect(value(mean().neg())).toBe(3);
    const inside = mean().greater(-5).logicalAnd(mean().less(0));
    expect(value(inside)).toBe(1);
    expect(value(mean().greater(0).logicalOr(mean().less(-5)))).toBe(0);
    expect(value(mean().greater(-5).logicalXor(mean().less(0)))).toBe(0);
    expect(value(mean().greater(0).logicalNot())).toBe(1);
  });

  it("says what it cannot compute with", () => {
    using _scope = tensorScope();
    const wrong: unknown[] = ["2"];
    expect(() => Reflect.apply(CompositionalMetric.of, CompositionalMetric, wrong)).toThrow(
      /Expected a metric, a tensor or a number. Received 2/,
    );
    const recall = new MulticlassRecall({ numClasses: 3, average: "none" });
    const fourth = CompositionalMetric.of(recall).at(3);
    fourth.update(tf.tensor1d([0], "int32"), tf.tensor1d([0], "int32"));
    expect(() => fourth.compute()).toThrow(/Expected a whole number from -3 to 2. Received 3/);
    const error = CompositionalMetric.of(new MeanSquaredError()).at(0);
    error.update(preds(), preds());
    expect(() => error.compute()).toThrow(/Expected a value of several numbers/);
    for (const one of [fourth, error]) one.dispose();
  });
});
