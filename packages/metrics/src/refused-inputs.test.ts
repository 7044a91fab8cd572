import { type Metric, resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as metrics from "./index.js";
import { neededOptions } from "./needed-options-under-test.js";

type AnyMetric = Metric & { update(...inputs: unknown[]): unknown };

const OF_METRICS =
  /^(MetricTracker|MetricCollection|CompositionalMetric|BootStrapper|ClasswiseWrapper|MinMaxMetric|MultioutputWrapper|Running)$/;

const all = Object.entries(metrics).flatMap(([name, Class]) =>
  typeof Class === "function" && "prototype" in Class && "update" in Class.prototype && !OF_METRICS.test(name)
    ? [[name, Class as unknown as new (options: object) => AnyMetric] as const]
    : [],
);

function made(name: string, Class: new (options: object) => AnyMetric): AnyMetric {
  return new Class(neededOptions(name));
}

const classes = (...values: number[]) => tf.tensor1d(values, "int32");

beforeAll(async () => {
  await resolveBackend("cpu");
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

it("knows all metrics that are no wrappers", () => expect(all.length).toBeGreaterThan(120));

it.each(all)("%s names inputs that are no tensors or sentences, and counts none of them", (name, Class) => {
  using _scope = tensorScope();
  const metric = made(name, Class);
  const isOfText = /BLEU|CHRF|ErrorRate|EditDistance|WordInfo|ROUGE/.test(name);
  const wrong = isOfText
    ? [classes(1), classes(1)]
    : [[1, 2], { a: 1 }, ...(name.startsWith("Retrieval") ? [[0, 0]] : [])];
  expect(() => metric.update(...wrong)).toThrow(isOfText ? /Expected strings/ : /Expected .*tensor.*Received a list/s);
  metric.dispose();
});

describe.each(["Binary", "Multiclass", "Multilabel"])("each %s metric", (task) => {
  const known = all.filter(([name]) => name.startsWith(task));
  const scores = () => (task === "Binary" ? tf.tensor1d([0.2, 0.9]) : tf.zeros([2, task === "Multiclass" ? 3 : 2]));
  const target = (...values: [number, number]) =>
    task === "Multilabel" ? tf.tensor2d([values, values], [2, 2], "int32") : classes(...values);

  it.each(known)("%s names shapes that do not fit, at once", (name, Class) => {
    using _scope = tensorScope();
    const metric = made(name, Class);
    expect(() => metric.update(scores(), classes(0))).toThrow(/Expected .*Received .*\[1\]/s);
    if (task !== "Binary") expect(() => metric.update(tf.zeros([2, 7]), target(0, 1))).toThrow(/Expected .*\[2, 7\]/s);
    metric.dispose();
  });

  it.each(known)("%s names a class that it does not know, when it is computed", (name, Class) => {
    using _scope = tensorScope();
    for (const stranger of [5, -1]) {
      const metric = made(name, Class);
      metric.update(scores(), target(0, 1));
      metric.update(scores(), target(1, stranger));
      expect(() => metric.compute()).toThrow(new RegExp(`Expected classes from 0 to \\d. Received class ${stranger}`));
      metric.reset();
      metric.update(scores(), target(0, 1));
      expect(() => metric.compute()).not.toThrow();
      metric.dispose();
    }
  });
});

it("takes no numbers between classes for classes", () => {
  using _scope = tensorScope();
  const metric = made("MulticlassAccuracy", metrics.MulticlassAccuracy as never);
  expect(() => metric.update(tf.tensor1d([0.2, 0.9]), classes(0, 1))).toThrow(
    /predictions of the targets' shape are classes.*int32 classes, or float32 scores.*float32 \[2\]/s,
  );
  metric.dispose();
});
