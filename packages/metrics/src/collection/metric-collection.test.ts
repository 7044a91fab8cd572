import { Metric, resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  BinaryAccuracy,
  BinaryAUROC,
  BinaryPrecision,
  BinaryRecall,
  MetricCollection,
  MulticlassPrecision,
  MulticlassRecall,
} from "../index.js";

const preds = () => tf.tensor1d([0.9, 0.2, 0.7, 0.1]);
const target = () => tf.tensor1d([1, 0, 0, 1], "int32");

function numbers(values: Record<string, unknown>): Record<string, number | undefined> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value instanceof tf.Tensor ? value.dataSync()[0] : undefined]),
  );
}

describe("a collection of metrics", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("updates, computes and resets all of its metrics under names with prefix and postfix", () => {
    using _scope = tensorScope();
    const collection = new MetricCollection(
      { precision: new BinaryPrecision(), recall: new BinaryRecall() },
      { prefix: "val_", postfix: "_1" },
    );
    expect(numbers(collection.forward(preds(), target()))).toEqual({ val_precision_1: 0.5, val_recall_1: 0.5 });
    collection.update(tf.tensor1d([0.9]), tf.tensor1d([1], "int32"));
    const values = numbers(collection.compute());
    expect(values["val_precision_1"]).toBeCloseTo(2 / 3);
    expect(Object.keys(collection.metrics)).toEqual(["val_precision_1", "val_recall_1"]);
    collection.reset();
    collection.update(preds(), target());
    expect(numbers(collection.compute())).toEqual({ val_precision_1: 0.5, val_recall_1: 0.5 });
    collection.dispose();
  });

  it("shares states of metrics that collect the same, and gives the values of metrics on their own", () => {
    using _scope = tensorScope();
    const made = (computeGroups: boolean) =>
      new MetricCollection(
        [
          new BinaryPrecision(),
          new BinaryRecall(),
          new BinaryAccuracy(),
          new BinaryAUROC(),
          new MulticlassPrecision({ numClasses: 3, average: "macro" }),
          new MulticlassRecall({ numClasses: 3, average: "micro" }),
        ],
        { computeGroups },
      );
    const [shared, alone] = [made(true), made(false)];
    expect(shared.computeGroups).toEqual([
      ["BinaryPrecision", "BinaryRecall", "BinaryAccuracy"],
      ["BinaryAUROC"],
      ["MulticlassPrecision", "MulticlassRecall"],
    ]);
    const inputs = [tf.tensor1d([1, 0, 1], "int32"), tf.tensor1d([1, 1, 0], "int32")] as const;
    const [binary, classes] = [["BinaryPrecision", "BinaryRecall", "BinaryAccuracy"], inputs];
    const update = vi.spyOn(shared.metrics["BinaryRecall"]!, "update");
    const small = (all: MetricCollection) =>
      new MetricCollection(Object.fromEntries(binary.map((name) => [name, all.metrics[name]!])), {
        computeGroups: all === shared,
      });
    const [one, other] = [small(shared), small(alone)];
    for (const collection of [one, other]) collection.update(...classes);
    expect(update).not.toHaveBeenCalled();
    expect(numbers(one.compute())).toEqual(numbers(other.compute()));
    expect(numbers(one.forward(...classes))).toEqual(numbers(other.forward(...classes)));
    for (const collection of [shared, alone]) collection.dispose();
  });

  it("takes collections under a name, and clones under another prefix with what was collected", () => {
    using _scope = tensorScope();
    const inner = new MetricCollection([new BinaryPrecision()], { prefix: "in_" });
    const outer = new MetricCollection({ outer: inner, recall: new BinaryRecall() });
    outer.update(preds(), target());
    const copy = outer.clone({ prefix: "test_" });
    outer.reset();
    expect(numbers(copy.compute())).toEqual({ test_outer_in_BinaryPrecision: 0.5, test_recall: 0.5 });
    copy.dispose();
    outer.dispose();
  });

  it("refuses two metrics of one name, groups that are not complete, and what is no metric", () => {
    expect(() => new MetricCollection([new BinaryRecall(), new BinaryRecall()])).toThrow(/BinaryRecall twice/);
    const metrics = { a: new BinaryRecall(), b: new BinaryPrecision() };
    expect(() => new MetricCollection(metrics, { computeGroups: [["a"]] })).toThrow(/Expected a, b. Received a/);
    expect(() => Reflect.construct(MetricCollection, [{ a: 1 }])).toThrow(/A MetricCollection holds metrics/);
  });

  it("says that a metric of a compute group was updated by itself, and goes on after a reset", () => {
    using _scope = tensorScope();
    const collection = new MetricCollection([new BinaryPrecision(), new BinaryRecall()], { computeGroups: true });
    collection.update(preds(), target());
    collection.metrics["BinaryRecall"]?.update(...([preds(), target()] as never[]));
    expect(() => collection.compute()).toThrow(
      /BinaryRecall was updated by itself, though it shares the state of BinaryPrecision.*1 update of its own/s,
    );
    collection.reset();
    collection.update(preds(), target());
    expect(numbers(collection.compute())).toEqual({ BinaryPrecision: 0.5, BinaryRecall: 0.5 });
    collection.dispose();
  });

  it("changes nothing in a clone that is updated, or in what it was cloned from", () => {
    using _scope = tensorScope();
    for (const grouped of [true, false]) {
      const collection = new MetricCollection([new BinaryPrecision(), new BinaryRecall()], { computeGroups: grouped });
      collection.update(preds(), target());
      const before = numbers(collection.compute());
      const copy = collection.clone();
      copy.update(tf.tensor1d([0.9]), tf.tensor1d([1], "int32"));
      expect(numbers(collection.compute())).toEqual(before);
      expect(numbers(copy.compute())["BinaryRecall"]).toBeCloseTo(2 / 3);
      collection.reset();
      expect(numbers(copy.compute())["BinaryRecall"]).toBeCloseTo(2 / 3);
      for (const one of [collection, copy]) one.dispose();
    }
  });

  it("waits for metrics that wait", async () => {
    class Slow extends Metric {
      override readonly fullStateUpdate = false;
      readonly sum = this.addState("sum", { reduce: "sum" });
      readonly collects = "sums, slowly";
      override async update(value: tf.Tensor): Promise<void> {
        await Promise.resolve();
        this.sum.assign(tf.add(this.sum, tf.sum(value)));
      }
      override async compute(): Promise<tf.Tensor> {
        return await Promise.resolve(tf.clone(this.sum));
      }
    }
    const collection = new MetricCollection({ a: new Slow(), b: new Slow() }, { computeGroups: true });
    const value = tf.scalar(2);
    await collection.update(value);
    const values = collection.forward(value);
    for (const name of ["a", "b"]) expect(await values[name]).toMatchObject({ shape: [] });
    const { a, b } = collection.compute();
    const read = async (tensor: unknown): Promise<number> => Number(((await tensor) as tf.Tensor).dataSync()[0]);
    expect([await read(a), await read(b)]).toEqual([4, 4]);
    collection.dispose();
    value.dispose();
  });
});
