import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

const models: { name: string; size: number }[] = [];

beforeAll(async () => {
  await startBackend({ debug: true, dumpModel: (model, name) => models.push({ name, size: model.byteLength }) });
});

it("debug mode names the op that made the first NaN, and its shapes", () => {
  const x = tf.tensor1d([1, -1]);
  expect(() => tf.log(tf.sub(x, 1))).toThrow(/Log\(float32\[2\]\) made the first NaN/);
});

it("debug mode lets a NaN pass through ops that did not make it", () => {
  expect(tf.add(tf.tensor1d([Number.NaN, 1]), 1).dataSync()[1]).toBe(2);
});

it("every compiled model is handed out", () => {
  expect(models.length).toBeGreaterThan(1);
  expect(models[0]).toEqual({ name: "graph-1", size: expect.any(Number) });
});
