import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { collectGarbage } from "../testing/collect-garbage.js";
import { startBackend } from "../testing/start-backend.js";
import { TinyClassifier } from "../testing/tiny-classifier.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  backend = await startBackend({ maxGraphNodes: 64 });
});

it("never runs what was disposed before anybody looked", async () => {
  const { runs } = backend.statistics();
  const unused = tf.add(tf.ones([4]), 1);
  unused.dispose();
  await backend.synchronize();
  expect(backend.statistics().runs).toBe(runs);
  expect(backend.statistics().pendingNodes).toBe(0);
});

it("a read computes what it needs; other live tensors stay recorded", () => {
  tf.tidy(() => {
    const x = tf.tensor1d([1, 2, 3]);
    const needed = tf.mul(x, 2);
    const other = tf.exp(x);
    expect([...needed.dataSync()]).toEqual([2, 4, 6]);
    expect(backend.statistics().pendingNodes).toBe(1);
    expect(other.dataSync()[0]).toBeCloseTo(Math.E, 5);
  });
});

it("variables are computed with the first read, so that their history is not computed twice", () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  tf.tidy(() => {
    variable.assign(tf.mul(variable, 3));
    tf.add(1, 2).dataSync();
  });
  const { runs } = backend.statistics();
  expect([...variable.dataSync()]).toEqual([3, 6]);
  expect(backend.statistics().runs).toBe(runs);
  variable.dispose();
});

it("a read computes kept tensors too, so that a gradient that waits for the next step does not compute the step again", () => {
  const gradients = tf.tidy(() => {
    const x = tf.exp(tf.tensor1d([1, 2]));
    const kept = tf.keep(tf.mul(x, 2));
    tf.sum(x).dataSync();
    return kept;
  });
  const { runs } = backend.statistics();
  gradients.dataSync();
  expect(backend.statistics().runs).toBe(runs);
  gradients.dispose();
});

it("a read computes what is held for a gradient, and leaves it recorded once it was let go", () => {
  tf.tidy(() => {
    const [saved, released] = [tf.exp(tf.tensor1d([1, 2])), tf.exp(tf.tensor1d([3, 4]))];
    for (const tensor of [saved, released]) backend.hold(tensor.dataId);
    backend.disposeData(released.dataId);
    tf.add(tf.tensor1d([1, 2]), 1).dataSync();
    expect(backend.statistics().pendingNodes).toBe(1);
    backend.disposeData(saved.dataId);
  });
});

it("a result that two reads need is kept the second time", () => {
  tf.tidy(() => {
    const trunk = tf.exp(tf.tensor1d([0, 1]));
    tf.add(trunk, 1).dataSync();
    tf.add(trunk, 2).dataSync();
    const { runs } = backend.statistics();
    trunk.dataSync();
    expect(backend.statistics().runs).toBe(runs);
  });
});

it("tf.memory counts tensors, bytes and data ids as on other backends", () => {
  const before = tf.memory();
  const ids = backend.numDataIds();
  const a = tf.zeros([10, 10]);
  const b = tf.reshape(a, [100]);
  const c = tf.add(a, 1);
  expect(tf.memory().numTensors - before.numTensors).toBe(3);
  expect(tf.memory().numDataBuffers - before.numDataBuffers).toBe(2);
  expect(tf.memory().numBytes - before.numBytes).toBe(3 * 400);
  expect(backend.numDataIds() - ids).toBe(2);
  for (const tensor of [a, b, c]) tensor.dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors);
});

it("a loop that never reads and keeps everything alive does not grow without limit", async () => {
  const sums: tf.Tensor[] = [tf.zeros([8])];
  for (let i = 0; i < 500; i++) sums.push(tf.add(sums.at(-1) ?? 0, 1));
  expect(backend.statistics().pendingNodes).toBeLessThanOrEqual(64);
  expect(sums.at(-1)?.dataSync()[0]).toBe(500);
  for (const sum of sums) sum.dispose();
  await backend.synchronize();
});

it("a training loop that neither reads nor submits runs whole steps at a time, with few graphs", () => {
  const model = new TinyClassifier(2);
  model.step(0).dispose();
  const { compiledGraphs, runs } = backend.statistics();
  for (let i = 1; i < 200; i++) model.step(i).dispose();
  expect(backend.statistics().compiledGraphs - compiledGraphs).toBeLessThan(6);
  expect(backend.statistics().runs - runs).toBeGreaterThan(10);
  expect(model.weights().every(Number.isFinite)).toBe(true);
  model.dispose();
});

it("the caller's arrays stay the caller's, in both directions", () => {
  const values = Float32Array.of(1, 2, 3);
  const tensor = tf.tensor1d(values);
  values[0] = 100;
  const read = tensor.dataSync();
  expect([...read]).toEqual([1, 2, 3]);
  read[1] = 200;
  expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
  tensor.dispose();
});

it("garbage collection gives back the buffers of tensors that nobody disposed", async () => {
  const ids = backend.numDataIds();
  const { allocatedBytes, pooledBytes } = backend.statistics();
  for (let i = 0; i < 50; i++) tf.add(tf.ones([5000]), i);
  await backend.synchronize();
  expect(backend.numDataIds()).toBeGreaterThan(ids + 40);
  // Young tensors are held for two runs.
  await backend.synchronize();
  await backend.synchronize();
  await collectGarbage();
  await collectGarbage();
  expect(backend.numDataIds()).toBeLessThanOrEqual(ids + 2);
  const now = backend.statistics();
  expect(now.allocatedBytes - now.pooledBytes).toBeLessThan(allocatedBytes - pooledBytes + 100_000);
  expect(backend.memory().unreliable).toBe(true);
});

it("memory stays level over steps with varying batches", async () => {
  const model = new TinyClassifier(1);
  const run = async (count: number) => {
    for (let i = 0; i < count; i++) {
      model.step(i, 8 + (i % 5)).dispose();
      await backend.submit();
    }
    await backend.synchronize();
    return {
      tensors: tf.memory().numTensors,
      bytes: backend.statistics().allocatedBytes,
      graphs: backend.statistics().liveGraphs,
    };
  };
  const early = await run(100);
  const late = await run(300);
  expect([late.tensors, late.graphs]).toEqual([early.tensors, early.graphs]);
  // How many buffers wait for reuse depends on how runs and frees interleave.
  expect(late.bytes).toBeLessThan(early.bytes + 65_536);
  model.dispose();
});
