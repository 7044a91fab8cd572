import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { OnnxRuntimeBackend, registerOnnxRuntime } from "../index.js";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  registerOnnxRuntime();
  await tf.setBackend("onnxruntime");
  const current = tf.backend();
  if (!(current instanceof OnnxRuntimeBackend)) throw new Error("another backend is current");
  backend = current;
});

it("computes a recorded sum when it is read", () => {
  const a = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  const b = tf.tensor1d([10, 20]);
  const runs = backend.statistics().runs;
  const sum = tf.mul(tf.relu(tf.sub(tf.add(a, b), 13)), 2);
  expect(backend.statistics().runs).toBe(runs);
  expect([...sum.dataSync()]).toEqual([0, 18, 0, 22]);
  expect(backend.statistics().runs).toBe(runs + 1);
});

it("runs a kernel without a lowering on the cpu backend", async () => {
  const a = tf.tensor1d([3, 1, 2]);
  expect([...(await tf.topk(tf.add(a, 1), 2).values.data())]).toEqual([4, 3]);
});
