import { optim, Parameter, resolveBackend, setGrad, tf } from "@lightning-ts/core";
import { beforeAll, expect, it } from "vitest";
import { adoptTfOptimizers, prepareTfOptimizers, settleTfOptimizers, TfTrainOptimizer } from "./tf-train-optimizer.js";

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

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
  for (const other of [undefined, null, "text", {}, { monitor: "x" }, { optimizer: null }])
    expect(adoptTfOptimizers(other, () => params)).toBe(other);
});

it("says what to do when it cannot work", () => {
  expect(() => new TfTrainOptimizer(tf.train.adam(), [Parameter.fromData([1], [1])])).toThrow(
    "can only update variables that tfjs knows by name",
  );
  const optimizer = new TfTrainOptimizer(tf.train.adam(), [tf.variable(tf.scalar(1))]);
  expect(failureOf(() => optimizer.stateDict())).toMatchObject({
    code: "LIT_TF_OPTIMIZER_STATE",
    message:
      "The state of AdamOptimizer of tf.train can only be waited for. Try: await optimizer.tfOptimizer.getWeights(), or trainer.saveCheckpoint(path).",
  });
});

it("has no learning rate where the optimizer of tf.train tells none", () => {
  const params = [tf.variable(tf.scalar(1))];
  const [silent, scheduled] = [tf.train.sgd(0.5), tf.train.sgd(0.5)];
  Reflect.deleteProperty(silent, "learningRate");
  Reflect.set(scheduled, "learningRate", "cosine");
  for (const optimizer of [silent, scheduled])
    expect(new TfTrainOptimizer(optimizer, params).paramGroups[0]?.lr).toBeNaN();
});

/** An optimizer that has taken a step. */
function stepped(): TfTrainOptimizer {
  const weight = tf.variable(tf.tensor1d([1, 2]));
  const optimizer = new TfTrainOptimizer(tf.train.momentum(0.5, 0.9), [weight]);
  setGrad(weight, tf.tensor1d([2, 4]));
  optimizer.step();
  return optimizer;
}

it("gives its state once it is read, each time anew, and takes it back", async () => {
  const optimizer = stepped();
  await prepareTfOptimizers([new optim.SGD([tf.variable(tf.scalar(1))], { lr: 1 }), optimizer]);
  const state = optimizer.stateDict();
  expect(state).toMatchObject({ state: {}, param_groups: [] });
  expect(failureOf(() => optimizer.stateDict())).toMatchObject({ code: "LIT_TF_OPTIMIZER_STATE" });
  const other = stepped();
  other.step();
  const saved = await optimizer.tfOptimizer.getWeights();
  const { weights }: { weights: { name: string; tensor: tf.TensorBuffer<tf.Rank> }[] } = Object(state);
  expect(weights.map(({ name }) => name)).toEqual(saved.map(({ name }) => name));
});

it("is waited for while it takes its state back, once", async () => {
  const optimizer = stepped();
  const loaded: unknown[] = [];
  let finish: () => void = () => undefined;
  optimizer.tfOptimizer.setWeights = (weights) =>
    new Promise((resolve) => {
      finish = () => {
        loaded.push(weights.length);
        resolve();
      };
    });
  optimizer.loadStateDict({ state: {}, param_groups: [], weights: [] });
  const settled = settleTfOptimizers([new optim.SGD([tf.variable(tf.scalar(1))], { lr: 1 }), optimizer]).then(() =>
    loaded.push("settled"),
  );
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(loaded).toEqual([]);
  finish();
  await settled;
  expect(loaded).toEqual([0, "settled"]);
  await optimizer.settle();
  expect(loaded).toEqual([0, "settled"]);
});

it("tells of a state that is not its own when it is waited for, and only then", async () => {
  const optimizer = stepped();
  optimizer.loadStateDict({ state: {}, param_groups: [] });
  await expect(optimizer.settle()).rejects.toThrow("The saved state is not that of a tf.train optimizer.");
  await expect(optimizer.settle()).resolves.toBeUndefined();
});

it("frees what it and the optimizer of tf.train hold", () => {
  const optimizer = stepped();
  let disposed = 0;
  optimizer.tfOptimizer.dispose = () => void (disposed += 1);
  optimizer.dispose();
  expect(disposed).toBe(1);
});
