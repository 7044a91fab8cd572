import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { openGraphRunner } from "../devices/open-graph-runner.js";
import { windowOf } from "../lowering/fused/testing/window-of.js";
import { changedRunner } from "../testing/changed-runner.js";
import { PLAIN_SGD } from "../testing/plain-sgd.js";
import { startBackend } from "../testing/start-backend.js";

/** Of each compiled graph, whether it gets one thread. */
const compiled: (boolean | undefined)[] = [];

beforeAll(async () => {
  const runner = openGraphRunner({ threads: 2 });
  const compile: typeof runner.compile = (request) => {
    compiled.push(request.hasOneThread);
    return runner.compile(request);
  };
  await startBackend({ runner: changedRunner(runner, { compile }) });
});

beforeEach(() => void (compiled.length = 0));

it("a large update, which runs outside of the graph, gets a small graph no more threads", () => {
  tf.tidy(() => {
    const weight = tf.ones([40]);
    const large = tf.ones([4_000_000]);
    const gradient = tf.add(tf.tensor1d(new Float32Array(40)), tf.scalar(2));
    const both = { p0: weight, p1: large, g0: gradient, g1: tf.ones([4_000_000]) };
    const [updated] = tf.engine().runKernel<tf.Tensor[]>("lit.SgdUpdate", both, { ...PLAIN_SGD, count: 2 });
    expect(updated?.dataSync()[3]).toBe(0);
  });
  expect(compiled).toEqual([true]);
});

it("graphs on both sides of a program have what their work together is worth", () => {
  const corner = (x: tf.Tensor) => tf.sum(tf.slice(x, [0, 0, 0, 0], [1, 1, 2, 2]));
  // Alone, and compiled first, the last graph is worth one thread.
  tf.tidy(() => corner(tf.ones([8, 16, 64, 64])).dataSync());
  tf.tidy(() => {
    const values = tf.tensor(new Float32Array(2 ** 19).fill(0.5), [8, 16, 64, 64]);
    const x = tf.relu(tf.add(values, tf.scalar(1)));
    const run = (kernel: string, inputs: tf.NamedTensorMap) =>
      tf.engine().runKernel<tf.Tensor>(kernel, inputs, windowOf([2, 2]));
    const y = run("lit.MaxPool", { x });
    const dx = run("lit.MaxPoolGrad", { dy: tf.mul(y, tf.scalar(3)), x, y });
    expect(corner(dx).dataSync()[0]).toBe(4.5);
  });
  expect(compiled).toEqual([true, false, false]);
});
