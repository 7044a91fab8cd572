import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { collectGarbage } from "../testing/collect-garbage.js";
import { startBackend } from "../testing/start-backend.js";
import { TinyClassifier } from "../testing/tiny-classifier.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  backend = await startBackend();
});

/** Numbers in [0, 1) that depend on the seed alone. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The weights after training, with `interfere` after every step and `look` on every intermediate tensor. */
async function train(
  steps: number,
  options: { look?: (tensor: tf.Tensor) => void; after?: (loss: tf.Tensor, step: number) => Promise<void> | void } = {},
): Promise<number[]> {
  const model = new TinyClassifier(3);
  for (let i = 0; i < steps; i++) {
    const loss = model.step(i, i % 10 === 9 ? 7 : 16, options.look);
    await options.after?.(loss, i);
    loss.dispose();
    await backend.submit();
  }
  const weights = model.weights();
  model.dispose();
  return weights;
}

it("random reads at random moments leave every weight bit-equal", async () => {
  const untouched = await train(120);
  const next = stream(42);
  const held: Promise<unknown>[] = [];
  const disturbed = await train(120, {
    look(tensor) {
      const chance = next();
      if (chance < 0.08) tensor.dataSync();
      else if (chance < 0.16) held.push(tensor.data());
    },
    after(loss) {
      const chance = next();
      if (chance < 0.2) loss.dataSync();
      if (chance > 0.9) return backend.synchronize();
    },
  });
  await Promise.all(held);
  expect(disturbed).toEqual(untouched);
  expect(untouched.every(Number.isFinite)).toBe(true);
});

it("two runs of one seed are bit-equal", async () => {
  expect(await train(60)).toEqual(await train(60));
});

it("2 000 steps with collections, evictions, reads in mid-flight and held tensors leave every weight bit-equal", async () => {
  const untouched = await train(2000);
  const next = stream(7);
  const held: tf.Tensor[] = [];
  const disturbed = await train(2000, {
    look(tensor) {
      if (next() < 0.003) held.push(tf.keep(tf.clone(tensor)));
      // Graphs of many sizes push the step's own out of the cache.
      if (next() < 0.01) tf.tidy(() => tf.sum(tf.ones([1 + Math.floor(next() * 200)])).dataSync());
    },
    async after(loss, step) {
      if (held.length > 20) held.splice(0, 10).forEach((tensor) => tensor.dispose());
      if (next() < 0.02) held.at(-1)?.dataSync();
      if (step % 400 === 399) await collectGarbage();
      if (next() < 0.01) void loss.data();
    },
  });
  held.forEach((tensor) => tensor.dispose());
  expect(disturbed).toEqual(untouched);
});
