import { tensorScope, tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import {
  functional,
  KendallRankCorrCoef,
  MeanSquaredLogError,
  PearsonCorrCoef,
  R2Score,
  TweedieDevianceScore,
} from "../index.js";

it("says which shapes were given, and which columns were declared", () => {
  using _scope = tensorScope();
  const metric = new PearsonCorrCoef({ numOutputs: 2 });
  expect(() => metric.update(tf.ones([4, 3]), tf.ones([4, 3]))).toThrow(
    /made for 2\.[\s\S]*Expected shape \[rows, 2\]\. Received shape \[4, 3\]/,
  );
  expect(() => functional.pearsonCorrcoef(tf.ones([4]), tf.ones([3]))).toThrow(/\[4\] and targets \[3\]/);
  metric.dispose();
});

it("refuses options that it does not know or that cannot be", () => {
  expect(() => new MeanSquaredLogError({ squared: true } as never)).toThrow(/has no options[\s\S]*squared/);
  expect(() => new KendallRankCorrCoef({ variant: "d" as "a" })).toThrow(/variant[\s\S]*"a", "b", "c"[\s\S]*"d"/);
  expect(() => new R2Score({ adjusted: 1.5 })).toThrow(/at least 0[\s\S]*1\.5/);
});

it("says how many values a deviance is not defined for, when it is computed", () => {
  using _scope = tensorScope();
  const metric = new TweedieDevianceScore({ power: 1 });
  metric.update(tf.tensor1d([1, -1]), tf.tensor1d([-1, 2]));
  expect(() => metric.compute()).toThrow(/power 1[\s\S]*predictions above 0, and targets of at least 0[\s\S]*2 values/);
  metric.reset();
  metric.update(tf.tensor1d([1, 1]), tf.tensor1d([1, 0]));
  expect(metric.compute().dataSync()[0]).toBe(1);
  metric.dispose();
});

it("compares variance with a single row only where a batch is a step of many", () => {
  using _scope = tensorScope();
  const metric = new R2Score();
  const row = (x: number): tf.Tensor => tf.tensor1d([x]);
  metric.forward(row(1), row(2));
  expect(() => metric.compute()).toThrow(/at least two rows[\s\S]*1/);
  metric.forward(row(3), row(3));
  expect(metric.compute().dataSync()[0]).toBe(-1);
  metric.dispose();
});
