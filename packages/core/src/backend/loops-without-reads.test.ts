import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { Linear } from "../nn/layers/linear.js";
import { Adam } from "../optim/adam.js";
import { SGD } from "../optim/sgd.js";
import { seedEverything } from "../random/global-random.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backendsUnderTest } from "./backends-under-test.js";
import { resolveBackend } from "./resolve-backend.js";

const hasEngine = (await backendsUnderTest()).includes("onnxruntime");

/** A loop over its own variables: what a step does, and a number that depends on every step. */
interface Loop {
  readonly step: (index: number) => void;
  readonly read: () => number;
}

/** Graphs that the engine has compiled or looked up, as its statistics count them. */
function graphs(): { compiled: number; runs: number; pending: number } {
  const backend: object = tf.backend();
  if (!("statistics" in backend) || typeof backend.statistics !== "function")
    throw new TypeError("the engine is not tfjs' backend");
  const { cache, runs, pendingNodes } = backend.statistics();
  return { compiled: cache.misses, runs, pending: pendingNodes };
}

function values(shape: [number, number], seed: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i * 12.9898 + seed) * 0.3),
    shape,
  );
}

function minimizing(optimizer: tf.Optimizer, layers: number): Loop {
  const weights = Array.from({ length: layers }, (_, i) => tf.variable(values([16, 16], i)));
  const x = values([8, 16], 9);
  const loss = (): tf.Scalar =>
    weights
      .reduce<tf.Tensor2D>((h, w) => tf.tanh(tf.matMul(h, w)), x)
      .square()
      .mean();
  return { step: () => void optimizer.minimize(loss), read: () => weights[0]?.dataSync()[5] ?? Number.NaN };
}

function withLossesKept(): Loop {
  const w = tf.variable(values([16, 16], 0));
  const x = values([8, 16], 1);
  const losses: tf.Tensor[] = [];
  const step = (): tf.Tensor => {
    const y = tf.matMul(x, w);
    w.assign(tf.sub(w, tf.mul(tf.matMul(x, y, true), 0.01)));
    return tf.mean(tf.square(y));
  };
  return { step: () => void losses.push(tf.tidy(step)), read: () => w.dataSync()[5] ?? Number.NaN };
}

function withoutTidy(): Loop {
  const w = tf.variable(values([16, 16], 0));
  const x = values([8, 16], 1);
  const optimizer = tf.train.momentum(0.1, 0.9);
  const loss = (): tf.Scalar => tf.mean(tf.square(tf.matMul(x, w)));
  return {
    step: () =>
      optimizer.applyGradients(
        Object.entries(tf.variableGrads(loss).grads).map(([name, tensor]) => ({ name, tensor })),
      ),
    read: () => w.dataSync()[5] ?? Number.NaN,
  };
}

/** New batches, or one of five at random, and a learning rate that changes now and then. */
function withBatchesAndRates(pick: (index: number) => number): Loop {
  const w = tf.variable(values([16, 16], 0));
  const batches = Array.from({ length: 5 }, (_, i) => values([8, 16], i));
  let rate = tf.scalar(0.1);
  const step = (index: number): void => {
    const x = batches[pick(index)] ?? values([8, 16], index);
    w.assign(tf.sub(w, tf.mul(tf.matMul(x, tf.tanh(tf.matMul(x, w)), true), rate)));
  };
  return {
    step: (index) => {
      if (index % 37 === 0) rate = tf.scalar(0.1 / (index + 1));
      tf.tidy(() => step(index));
    },
    read: () => w.dataSync()[5] ?? Number.NaN,
  };
}

function ofOperations(count: number): Loop {
  const x = tf.variable(tf.tensor1d([0.5, 1, 2]));
  const step = (): void => {
    let y: tf.Tensor1D = x;
    for (let i = 0; i < count; i++)
      y = i % 3 === 1 ? tf.tanh(y) : i % 7 === 2 ? tf.add(y, x) : tf.mul(y, 0.99 + i * 1e-5);
    x.assign(y);
  };
  return { step: () => tf.tidy(step), read: () => x.dataSync()[1] ?? Number.NaN };
}

function alternating(kinds: readonly number[]): Loop {
  const [w, u] = [tf.variable(values([16, 16], 0)), tf.variable(values([16, 16], 1))];
  const x = values([8, 16], 9);
  const [adam, sgd] = [tf.train.adam(0.01), tf.train.sgd(0.1)];
  const first = (): tf.Scalar => tf.mean(tf.square(tf.matMul(x, w)));
  const second = (): tf.Scalar => tf.mean(tf.abs(tf.matMul(tf.matMul(x, w), u)));
  const step = (index: number): void =>
    void (kinds[index % kinds.length] === 0 ? adam.minimize(first, false, [w]) : sgd.minimize(second, false, [u]));
  return { step, read: () => (w.dataSync()[5] ?? 0) + (u.dataSync()[5] ?? Number.NaN) };
}

function ofThisPackage(make: (params: tf.Variable[]) => Adam | SGD): Loop {
  seedEverything(0);
  const layers = Array.from({ length: 3 }, () => new Linear(16, 16));
  const optimizer = make(layers.flatMap((layer) => [...layer.parameters()]));
  const x = values([8, 16], 3);
  const step = (): void => {
    using _scope = tensorScope();
    optimizer.zeroGrad();
    backward(tf.mean(tf.square(layers.reduce<tf.Tensor>((h, layer) => tf.relu(layer.forward(h)), x))));
    optimizer.step();
  };
  return { step, read: () => layers[0]?.weight.dataSync()[5] ?? Number.NaN };
}

let random = 7;
const loops: readonly [name: string, steps: number, make: () => Loop][] = [
  ["tf.train.sgd", 120, () => minimizing(tf.train.sgd(0.1), 1)],
  ["tf.train.momentum", 120, () => minimizing(tf.train.momentum(0.1, 0.9), 1)],
  ["tf.train.adam", 120, () => minimizing(tf.train.adam(0.01), 1)],
  ["tf.train.adam with many parameters", 40, () => minimizing(tf.train.adam(0.01), 6)],
  ["tf.train.rmsprop", 120, () => minimizing(tf.train.rmsprop(0.01), 1)],
  ["gradients that nobody disposes", 700, withoutTidy],
  ["losses that are kept", 150, withLossesKept],
  ["new batches and new rates", 200, () => withBatchesAndRates(() => -1)],
  [
    "random batches and new rates",
    200,
    () => withBatchesAndRates(() => (random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0) % 5),
  ],
  ["one operation", 2000, () => ofOperations(1)],
  ["20 operations", 150, () => ofOperations(20)],
  ["500 operations", 12, () => ofOperations(500)],
  ["two kinds of steps in turns", 120, () => alternating([0, 1])],
  ["every fourth step of another kind", 160, () => alternating([0, 0, 0, 1])],
  ["SGD", 120, () => ofThisPackage((params) => new SGD(params, { lr: 0.01, momentum: 0.9 }))],
  ["Adam", 120, () => ofThisPackage((params) => new Adam(params, { lr: 0.01 }))],
];

describe.runIf(hasEngine)("a loop that never reads", () => {
  beforeAll(async () => {
    await resolveBackend("onnxruntime");
  });

  it.each(loops)("needs at most three graphs and gives the same numbers: %s", (_, steps, make) => {
    tf.engine().startScope();
    random = 7;
    const watched = make();
    for (let i = 0; i < steps; i++) {
      watched.step(i);
      if (steps < 500 || i % 50 === 0) watched.read();
    }
    const expected = watched.read();
    random = 7;
    const { step, read } = make();
    const before = graphs();
    for (let i = 0; i < steps; i++) step(i);
    const running = graphs();
    const result = read();
    const after = graphs();
    tf.engine().endScope();
    expect(result).toBe(expected);
    expect(after.compiled - before.compiled).toBeLessThanOrEqual(3);
    // It runs while it is recorded.
    expect(running.runs).toBeGreaterThan(before.runs + 1);
    expect(running.pending).toBeLessThan(2100);
  });
});
