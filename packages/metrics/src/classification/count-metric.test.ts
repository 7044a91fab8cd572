import { resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Accuracy, BinaryAccuracy, functional, MulticlassAccuracy, MulticlassPrecision } from "../index.js";

const classes = (...values: number[]) => tf.tensor1d(values, "int32");

describe("a metric that counts answers", () => {
  let scope: ReturnType<typeof tensorScope>;
  beforeAll(async () => {
    await resolveBackend("onnxruntime");
    scope = tensorScope();
  });
  afterAll(() => scope.close());

  it("reads nothing in steps, and names a class that it does not know when it is computed", () => {
    const accuracy = new MulticlassAccuracy({ numClasses: 3 });
    const read = vi.spyOn(tf.Tensor.prototype, "dataSync");
    accuracy.update(classes(0, 1, 2), classes(0, 1, 7));
    accuracy.forward(classes(0, 1, 2), classes(0, 1, 2));
    expect(read).not.toHaveBeenCalled();
    expect(() => accuracy.compute()).toThrow(
      /MulticlassAccuracy met a target class that it does not know. Expected classes from 0 to 2. Received class 7/,
    );
    read.mockRestore();
    accuracy.reset();
    accuracy.update(classes(0, 1, 2), classes(0, 1, 0));
    expect(accuracy.compute().dataSync()[0]).toBeCloseTo(0.5);
    accuracy.dispose();
  });

  it("names a strange class of a batch at once where each batch is read", () => {
    const accuracy = new BinaryAccuracy({ validateArgs: "each batch" });
    expect(() => accuracy.update(tf.tensor1d([0.2]), classes(-3))).toThrow(
      /Expected classes from 0 to 1. Received class -3/,
    );
    accuracy.dispose();
  });

  it("checks nothing where nothing is to be checked", () => {
    const accuracy = new MulticlassAccuracy({ numClasses: 3, average: "micro", validateArgs: false });
    accuracy.update(classes(0, 1), classes(0, 9));
    expect(accuracy.compute().dataSync()[0]).toBe(1);
    accuracy.dispose();
  });

  it("takes an empty batch for nothing", () => {
    const precision = new MulticlassPrecision({ numClasses: 2, average: "none" });
    precision.update(tf.zeros([0, 2]), tf.zeros([0], "int32"));
    precision.update(classes(0, 1), classes(0, 0));
    expect([...precision.compute().dataSync()]).toEqual([1, 0]);
    precision.dispose();
    const samples = new BinaryAccuracy({ multidimAverage: "samplewise" });
    samples.update(tf.zeros([0, 3]), tf.zeros([0, 3], "int32"));
    expect(samples.compute().shape).toEqual([0]);
    samples.dispose();
  });

  it("warns once where nothing was collected, as after a reset", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const accuracy = new BinaryAccuracy();
    accuracy.update(tf.tensor1d([0.2]), classes(0));
    accuracy.reset();
    expect(accuracy.compute().dataSync()[0]).toBe(0);
    expect(warn.mock.calls.flat().join()).toMatch(
      /BinaryAccuracy.compute\(\) was called after reset\(\), which forgot an update/,
    );
    warn.mockRestore();
    accuracy.dispose();
  });

  it("says which options and tasks there are", () => {
    expect(() => new MulticlassAccuracy({ average: "macro" })).toThrow(/has to know numClasses/);
    expect(() => Reflect.construct(BinaryAccuracy, [{ treshold: 1 }])).toThrow(/did you mean that/);
    expect(() => Reflect.apply(Accuracy, undefined, [{ task: "binry" }])).toThrow(
      /"binary" or "multiclass" or "multilabel"/,
    );
  });

  it("is a function too, which leaves its value alone behind", () => {
    const before = tf.memory().numTensors;
    const inputs = [tf.tensor1d([0.9, 0.2]), classes(1, 1)] as const;
    const value = functional.accuracy(...inputs, { task: "binary" });
    expect(value.dataSync()[0]).toBe(0.5);
    expect(tf.memory().numTensors).toBe(before + 3);
  });
});
