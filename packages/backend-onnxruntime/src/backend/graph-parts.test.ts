import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  backend = await startBackend();
});

/** A recurrent cell over a sequence; what it does first depends on the length, its steps do not. */
function lastState(
  length: number,
  look: (state: tf.Tensor) => void = () => {},
): Float32Array | Int32Array | Uint8Array {
  return tf.tidy(() => {
    const weight = tf.tensor2d(
      Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)),
      [8, 8],
    );
    const inputs = tf.unstack(
      tf.tensor3d(
        Float32Array.from({ length: length * 16 }, (_, i) => Math.cos(i)),
        [length, 2, 8],
      ),
    );
    let state: tf.Tensor = tf.zeros([2, 8]);
    for (const x of inputs) {
      state = tf.mul(tf.tanh(tf.add(tf.matMul(state, weight), x)), tf.sigmoid(tf.add(state, 0.1)));
      look(state);
    }
    return state.dataSync();
  });
}

it("sequences of many lengths share the graphs of their steps, and give the same numbers as step by step", () => {
  const lengths = Array.from({ length: 40 }, (_, i) => 8 + ((i * 17) % 40));
  for (const length of lengths) lastState(length);
  const before = backend.statistics().compiledGraphs;
  const again = lengths.map((length) => lastState(length));
  expect(backend.statistics().compiledGraphs).toBe(before);
  // What is made for a new length is what depends on it.
  const cases = [49, 50, 51];
  cases.forEach((length) => lastState(length));
  expect(backend.statistics().compiledGraphs - before).toBeLessThanOrEqual(2 * cases.length);
  for (const [i, length] of lengths.entries())
    expect(again[i]).toEqual(lastState(length, (state) => void state.dataSync()));
});

it("cuts what would take long to compile, and computes the same", () => {
  const sumOf = (count: number): number =>
    tf.tidy(() => {
      let sum: tf.Tensor = tf.tensor1d([0, 0]);
      let odd = 1;
      for (let i = 0; i < count; i++) {
        odd = (Math.imul(odd, 75) + 74) % 65_537;
        sum = odd % 3 === 0 ? tf.sub(sum, i) : odd % 3 === 1 ? tf.add(sum, i) : tf.maximum(tf.neg(sum), i);
      }
      return sum.dataSync()[1] ?? Number.NaN;
    });
  const exact = (count: number): number => {
    let sum = 0;
    let odd = 1;
    for (let i = 0; i < count; i++) {
      odd = (Math.imul(odd, 75) + 74) % 65_537;
      sum = Math.fround(odd % 3 === 0 ? sum - i : odd % 3 === 1 ? sum + i : Math.max(-sum, i));
    }
    return sum;
  };
  const { runs } = backend.statistics();
  expect(sumOf(2000)).toBe(exact(2000));
  expect(backend.statistics().runs - runs).toBeGreaterThan(2);
});
