import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

beforeAll(async () => {
  await startBackend();
});

it("50 000 ops that read each other run as any other", { timeout: 60_000 }, () => {
  const result = tf.tidy(() => {
    let x: tf.Tensor = tf.tensor1d([1, 2]);
    for (let step = 0; step < 50_000; step++) x = tf.add(x, 1);
    return x;
  });
  expect([...result.dataSync()]).toEqual([50_001, 50_002]);
});
