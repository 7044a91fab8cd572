import { Parameter, resolveBackend, setGrad, tf } from "@lightning-ts/core";
import { beforeAll, expect, it } from "vitest";
import { adoptTfOptimizers, TfTrainOptimizer } from "./tf-train-optimizer.js";

beforeAll(async () => {
  await resolveBackend("cpu");
});

it("updates variables from their gradients and passes over those without one", () => {
  const first = tf.variable(tf.tensor1d([1, 2]));
  const second = tf.variable(tf.tensor1d([5]));
  const optimizer = new TfTrainOptimizer(tf.train.sgd(0.5), [first, second]);
  expect(optimizer.paramGroups[0]?.lr).toBe(0.5);
  setGrad(first, tf.tensor1d([2, 4]));
  optimizer.step();
  expect([...first.dataSync()]).toEqual([0, 0]);
  expect([...second.dataSync()]).toEqual([5]);
  optimizer.zeroGrad();
  optimizer.step();
  expect([...first.dataSync()]).toEqual([0, 0]);
});

it("is made wherever configureOptimizers may put an optimizer", () => {
  const params = [tf.variable(tf.scalar(1))];
  const adam = tf.train.adam(0.1);
  expect(adoptTfOptimizers(adam, () => params)).toBeInstanceOf(TfTrainOptimizer);
  expect(adoptTfOptimizers([adam], () => params)).toEqual([expect.any(TfTrainOptimizer)]);
  expect(adoptTfOptimizers({ optimizer: adam, monitor: "x" }, () => params)).toEqual({
    optimizer: expect.any(TfTrainOptimizer),
    monitor: "x",
  });
  expect(adoptTfOptimizers(undefined, () => params)).toBeUndefined();
});

it("says what to do when it cannot work", () => {
  expect(() => new TfTrainOptimizer(tf.train.adam(), [Parameter.fromData([1], [1])])).toThrow(
    "can only update variables that tfjs knows by name",
  );
  const optimizer = new TfTrainOptimizer(tf.train.adam(), [tf.variable(tf.scalar(1))]);
  expect(() => optimizer.stateDict()).toThrow(/AdamOptimizer of tf\.train can only be waited for/);
});
