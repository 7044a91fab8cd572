import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  backend = await startBackend();
});

it("the event loop turns while synchronize waits", async () => {
  const x = tf.randomNormal<tf.Rank.R2>([700, 700]);
  let product = x;
  for (let i = 0; i < 10; i++) product = tf.div(tf.matMul(product, x), 30);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await backend.synchronize();
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(3);
  expect(Number.isFinite(product.dataSync()[0])).toBe(true);
});

it("submit returns while the graph runs, and a second one asks to wait", async () => {
  const x = tf.randomNormal<tf.Rank.R2>([600, 600]);
  const first = tf.matMul(x, x);
  expect(backend.submit()).toBeUndefined();
  const second = tf.matMul(first, x);
  const waiting = backend.submit();
  if (waiting !== undefined) await waiting;
  expect(second.dataSync().length).toBe(360_000);
});

it("data and dataSync agree, and data survives a dispose that follows at once", async () => {
  const x = tf.add(tf.tensor1d([1, 2]), 1);
  const promise = x.data();
  x.dispose();
  expect([...(await promise)]).toEqual([2, 3]);
});

it("many asynchronous reads of one turn share a graph", async () => {
  const x = tf.tensor1d([1, 2, 3]);
  const tensors = [1, 2, 3, 4].map((factor) => tf.mul(x, factor));
  const { runs } = backend.statistics();
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  expect(values.map((value) => value[2])).toEqual([3, 6, 9, 12]);
  expect(backend.statistics().runs).toBe(runs + 1);
});

it("a learning rate, a fill value or the position of a slice that changes does not compile another graph", () => {
  const x = tf.range(0, 64);
  const step = (i: number) =>
    tf.tidy(
      () => tf.sum(tf.mul(tf.add(tf.slice(x, [i], [8]), tf.fill([8], i / 3)), tf.scalar(0.1 / (i + 1)))).dataSync()[0],
    );
  step(1);
  const { compiledGraphs } = backend.statistics();
  for (let i = 2; i < 20; i++) expect(step(i)).toBeCloseTo(((i + 3.5 + i / 3) * 0.8) / (i + 1), 3);
  expect(backend.statistics().compiledGraphs).toBe(compiledGraphs);
});

it("tf.profile and tf.time count kernels and time", async () => {
  const profile = await tf.profile(() => tf.square(tf.tensor1d([1, 2, 3])));
  expect(profile.kernelNames).toEqual(["Square"]);
  const time = await tf.time(() => tf.matMul(tf.ones([100, 100]), tf.ones([100, 100])));
  expect(time.wallMs).toBeGreaterThan(0);
});

it("strings and complex numbers run on tfjs' cpu backend", () => {
  const complex = tf.complex([1, 2], [3, 4]);
  expect([...tf.imag(complex).dataSync()]).toEqual([3, 4]);
  expect(tf.tensor1d(["a", "b"]).dataSync()).toEqual(["a", "b"]);
  expect([...tf.abs(complex).dataSync()].map((value) => Math.round(value * 100) / 100)).toEqual([3.16, 4.47]);
});

it("tensors move from and to another backend", async () => {
  const here = tf.add(tf.tensor1d([1, 2]), 1);
  await tf.setBackend("cpu");
  const there = tf.mul(here, 2);
  await tf.setBackend("onnxruntime");
  expect([...tf.add(there, 1).dataSync()]).toEqual([5, 7]);
});

it("an index that the host knows to be wrong is refused at once, with the op's name", () => {
  expect(() => tf.gather(tf.tensor1d([1, 2, 3]), tf.tensor1d([0, 3], "int32"))).toThrow(
    /GatherV2: the index value 3 is not in \[0, 2\]/,
  );
});

it("an index that a graph computed is reported by the read, with the op and its shapes; what does not depend on it goes on", async () => {
  const indices = tf.add(tf.tensor1d([2, 3], "int32"), tf.scalar(5, "int32"));
  const gathered = tf.gather(tf.tensor1d([1, 2, 3]), indices);
  expect(() => gathered.dataSync()).toThrow(/GatherV2\(float32\[3\], int32\[2\]\)/);
  const dependent = tf.add(gathered, 1);
  const independent = tf.add(tf.tensor1d([1, 2]), 1);
  await backend.synchronize();
  expect([...independent.dataSync()]).toEqual([2, 3]);
  await expect(dependent.data()).rejects.toThrow(/GatherV2/);
});

it("a negative index that a graph computed is no index from the end", () => {
  tf.tidy(() => {
    const indices = tf.sub(tf.tensor1d([1, 0], "int32"), tf.scalar(1, "int32"));
    expect(() => tf.gather(tf.tensor1d([1, 2, 3]), indices).dataSync()).toThrow(/GatherV2/);
  });
});

it("steps that build on one that failed fail when they are read, with the reason of the first", async () => {
  let table: tf.Tensor = tf.tensor2d([5, 6, 7], [3, 1]);
  const step = (row: number) => {
    const old = table;
    table = tf.tidy(() => tf.add(old, tf.sum(tf.gather(old, tf.cast(tf.add(tf.tensor1d([0, 1]), row), "int32")))));
    old.dispose();
  };
  step(1000);
  await expect(backend.synchronize()).rejects.toThrow(/GatherV2/);
  for (let count = 0; count < 2; count += 1) {
    step(0);
    await backend.synchronize();
    expect(() => table.dataSync()).toThrow(/GatherV2.*one of its indices is out of range/);
  }
  table.dispose();
});

it("a failure that no read has met is thrown by synchronize, once", async () => {
  const indices = tf.add(tf.tensor1d([2, 3], "int32"), tf.scalar(5, "int32"));
  const gathered = tf.gather(tf.tensor1d([1, 2, 3]), indices);
  await expect(backend.synchronize()).rejects.toThrow(/GatherV2/);
  await backend.synchronize();
  gathered.dispose();
});

it("products and convolutions under autocast have the precision of the type, other ops keep float32", () => {
  const x = tf.tensor2d([[1 + 2 ** -10]]);
  const one = tf.tensor2d([[1]]);
  expect(tf.matMul(x, one).dataSync()[0]).toBe(1 + 2 ** -10);
  expect(backend.autocast("bfloat16", () => tf.matMul(x, one)).dataSync()[0]).toBe(1);
  expect(backend.autocast("float16", () => tf.matMul(x, one)).dataSync()[0]).toBe(1 + 2 ** -10);
  expect(backend.autocast("bfloat16", () => tf.mul(x, one)).dataSync()[0]).toBe(1 + 2 ** -10);
});

it("a variable that took a result which a read had left pending stands at its old value when that result fails", async () => {
  const weight = tf.variable(tf.tensor1d([1, 2]));
  await backend.synchronize();
  tf.tidy(() => {
    const indices = tf.cast(tf.add(tf.tensor1d([0, 6]), 1), "int32");
    const bad = tf.gather(tf.tensor1d([1, 2, 3]), indices);
    // Starts a flush of its own; nothing is recorded between it and the assignment.
    tf.add(tf.tensor1d([1, 2]), 1).dataSync();
    weight.assign(bad);
  });
  await expect(backend.synchronize()).rejects.toThrow(/GatherV2/);
  expect([...weight.dataSync()]).toEqual([1, 2]);
  weight.dispose();
});

it("can be removed and registered again", async () => {
  tf.removeBackend("onnxruntime");
  const again = await startBackend();
  expect([...tf.add(tf.tensor1d([1]), 1).dataSync()]).toEqual([2]);
  expect(again).not.toBe(backend);
});
