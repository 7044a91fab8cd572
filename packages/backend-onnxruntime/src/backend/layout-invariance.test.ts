import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

beforeAll(async () => {
  await startBackend({ onWarning: () => {} });
});

/** Functions whose results stay in [-30, 30] for arguments there. */
const FUNCTIONS: readonly ((x: tf.Tensor3D) => tf.Tensor3D)[] = [
  (x) => tf.log(tf.add(tf.abs(x), 0.5)),
  (x) => tf.sin(x),
  (x) => tf.cos(x),
  (x) => tf.atan(x),
  (x) => tf.asin(tf.tanh(x)),
  (x) => tf.acos(tf.sin(x)),
  (x) => tf.elu(x),
  (x) => tf.clipByValue(tf.selu(x), -30, 30),
  (x) => tf.clipByValue(tf.softplus(x), -30, 30),
  (x) => tf.logSigmoid(x),
  (x) => tf.log1p(tf.abs(x)),
  (x) => tf.expm1(tf.minimum(x, 3)),
  (x) => tf.sigmoid(x),
  (x) => tf.erf(x),
  (x) => tf.exp(tf.minimum(x, 3)),
  (x) => tf.sqrt(tf.abs(x)),
  (x) => tf.relu(x),
];

const PERMUTATIONS = [
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * Functions, transposes, broadcasts and sums in an order that depends on the seed alone; `look` sees every intermediate
 * tensor.
 */
function program(seed: number, look: (tensor: tf.Tensor) => void): ArrayLike<number> {
  let state = seed;
  const next = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return tf.tidy(() => {
    const shape: [number, number, number] = [2 + next(3), 3 + next(3), 3 + next(5)];
    let x = tf.tensor3d(
      Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => Math.sin(i * 12.9898 + seed) * 3),
      shape,
    );
    for (let step = 0; step < 10; step += 1) {
      const chance = next(10);
      if (chance < 5) x = FUNCTIONS[next(FUNCTIONS.length)]?.(x) ?? x;
      else if (chance < 8) x = tf.transpose(x, PERMUTATIONS[next(PERMUTATIONS.length)]);
      else if (chance < 9) x = tf.add(x, tf.sin(tf.range(0, x.shape[2])));
      else x = tf.sub(x, tf.mean(x, next(3), true));
      look(x);
    }
    return x.dataSync();
  });
}

it("reads at random never change a bit, however functions and transposes lie", () => {
  let chance = 1;
  for (let seed = 1; seed <= 40; seed += 1) {
    const untouched = program(seed, () => {});
    const disturbed = program(seed, (tensor) => {
      chance = (Math.imul(chance, 1103515245) + 12345) >>> 0;
      if (chance > 2 ** 31) tensor.dataSync();
    });
    expect(
      Buffer.from(Float32Array.from(disturbed).buffer).equals(Buffer.from(Float32Array.from(untouched).buffer)),
      `program ${seed}`,
    ).toBe(true);
  }
});
