import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import type { TrainingBackend } from "../backend/training-backend.js";
import { rememberForRollback } from "./rollback.js";
import { tf } from "./tf.js";

let backend: TrainingBackend;

beforeAll(async () => {
  ({ backend } = await resolveBackend("onnxruntime"));
});

afterEach(() => {
  tf.disposeVariables();
});

/** A factor whose computation fails: nobody but the run can know that the index is out of range. */
function fails(): tf.Scalar {
  return tf
    .gather(tf.ones([2]), tf.add(tf.tensor1d([5], "int32"), tf.scalar(1, "int32")))
    .sum()
    .asScalar();
}

const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adagrad: () => tf.train.adagrad(0.1),
  rmsprop: () => tf.train.rmsprop(0.1, 0.9, 0.5, 1e-7, true),
  adam: () => tf.train.adam(0.1),
  adadelta: () => tf.train.adadelta(0.1),
};

async function train(make: () => tf.Optimizer, steps: number, isBad: (step: number) => boolean) {
  const weight = tf.variable(tf.tensor2d([1, -1, 0.5, 2], [2, 2]));
  const optimizer = make();
  let failures = 0;
  for (let step = 0; step < steps; step += 1) {
    try {
      optimizer.minimize(() =>
        tf.tidy(() => tf.mul(tf.sum(tf.square(weight)), isBad(step) ? fails() : tf.scalar(1)).asScalar()),
      );
      await backend.synchronize();
    } catch {
      failures += 1;
    }
  }
  const saved = await optimizer.getWeights();
  const state = {
    weight: [...weight.dataSync()],
    saved: saved.map(({ name, tensor }) => [name.replace(/^[^/]*/, ""), ...tensor.dataSync()]),
  };
  tf.dispose(saved.map(({ tensor }) => tensor));
  optimizer.dispose();
  weight.dispose();
  return { failures, state };
}

describe("a bad step with an optimizer of tf.train", () => {
  it.each(Object.keys(OPTIMIZERS))("%s goes on as if the step had not been, its counter included", async (name) => {
    const make = OPTIMIZERS[name] ?? (() => tf.train.sgd(0.1));
    const mixed = await train(make, 12, (step) => step % 4 === 0);
    const clean = await train(make, 9, () => false);
    expect(mixed.failures).toBe(3);
    expect(mixed.state).toEqual(clean.state);
  });
});

describe("rememberForRollback", () => {
  it("gives state of the host back with the step that it belongs to, and keeps it with a good one", async () => {
    const counter = { steps: 0 };
    const step = async (value: () => tf.Tensor) => {
      const result = value();
      rememberForRollback(counter, () => {
        const { steps } = counter;
        return () => {
          counter.steps = steps;
        };
      });
      counter.steps += 1;
      const failed = await backend.synchronize().then(
        () => false,
        () => true,
      );
      result.dispose();
      return failed;
    };
    expect(await step(() => tf.add(1, 2))).toBe(false);
    expect(counter.steps).toBe(1);
    expect(await step(fails)).toBe(true);
    expect(counter.steps).toBe(1);
    expect(await step(() => tf.add(1, 2))).toBe(false);
    expect(counter.steps).toBe(2);
  });

  it("does nothing on a backend that computes at once", async () => {
    await tf.setBackend("cpu");
    let calls = 0;
    rememberForRollback({}, () => {
      calls += 1;
      return () => undefined;
    });
    expect(calls).toBe(0);
    await tf.setBackend("onnxruntime");
  });
});
