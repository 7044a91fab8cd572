import { readFileSync } from "node:fs";
import { tensorScope, tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { functional, RetrievalMAP } from "../index.js";
import { decoded, expectRecorded } from "../recorded-under-test.js";

interface Form {
  readonly name: string;
  readonly options: object;
  readonly inputs: unknown[];
  readonly value: unknown;
}

const { forms } = JSON.parse(readFileSync(new URL("fixtures/forms.json", import.meta.url), "utf8")) as {
  forms: Form[];
};

it.each(forms)("$name of one query, with $options", ({ name, options, inputs, value }) => {
  using _scope = tensorScope();
  const form = (functional as unknown as Record<string, (...given: unknown[]) => unknown>)[name];
  expectRecorded(form?.(...(decoded(inputs) as unknown[]), options), value, name);
});

it("joins the values of queries by a function of one's own", () => {
  using _scope = tensorScope();
  const metric = new RetrievalMAP({ aggregation: (values) => tf.sum(values) });
  metric.update(tf.tensor1d([0.5, 0.2]), tf.tensor1d([1, 1], "int32"), tf.tensor1d([0, 4], "int32"));
  expect(metric.compute().dataSync()[0]).toBe(2);
  metric.dispose();
});

it("says that indexes are missing, and what the others were", () => {
  using _scope = tensorScope();
  const metric = new RetrievalMAP();
  expect(() => Reflect.apply(metric.update, metric, [tf.ones([2]), tf.ones([2])])).toThrow(
    /update\(preds, target, indexes\)[\s\S]*no indexes/,
  );
  expect(() => metric.update(tf.ones([2]), tf.ones([2]), tf.ones([3], "int32"))).toThrow(
    /float32 \[2\][\s\S]*int32 \[3\]/,
  );
  metric.dispose();
});
