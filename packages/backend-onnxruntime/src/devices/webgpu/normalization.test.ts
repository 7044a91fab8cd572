import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backendNameOf, registerOnnxRuntime } from "../../register-onnxruntime.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";

/** Channels by ones, twos and fours: shaders take several elements at a time where the number allows it. */
const SHAPES = [
  [3, 1],
  [3, 2],
  [3, 3],
  [4, 4],
  [8, 6],
  [3, 2, 1],
  [3, 4, 4],
  [2, 4, 2, 3],
  [2, 3, 2, 2, 2],
];
const EPS = 1e-5;

function values(count: number, start: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(start + i * 1.3));
}

describe.skipIf(!useSoftwareGpu())("batch normalization in evaluation mode on WebGPU", () => {
  beforeAll(async () => {
    registerOnnxRuntime({ device: "webgpu", onWarning: () => {} });
    await tf.setBackend(backendNameOf("webgpu"));
  });
  afterAll(() => tf.removeBackend(backendNameOf("webgpu")));

  it.each(SHAPES.map((shape) => [shape.join(" × "), shape] as const))(
    "has each channel's statistics: %s",
    (_, shape) => {
      const [rows = 1, channels = 1, ...space] = shape;
      const inner = space.reduce((product, length) => product * length, 1);
      const x = values(rows * channels * inner, 0);
      const [weight, bias, mean] = [1, 2, 3].map((start) => values(channels, start));
      const variance = values(channels, 4).map((value) => value * value + 0.1);
      const expected = x.map((value, i) => {
        const channel = Math.floor(i / inner) % channels;
        const [w = 0, b = 0, m = 0] = [weight, bias, mean].map((of) => of?.[channel]);
        return ((value - m) / Math.sqrt((variance[channel] ?? 0) + EPS)) * w + b;
      });
      const received = tf.tidy(() => {
        const [w, b, m, v] = [weight, bias, mean, variance].map((of) => tf.tensor1d(of ?? []));
        if (w === undefined || b === undefined || m === undefined || v === undefined) return [];
        const inputs = { x: tf.tensor(x, [...shape]), weight: w, bias: b, mean: m, variance: v };
        const y: tf.Tensor = tf.engine().runKernel("lit.BatchNormInference", inputs, { eps: EPS });
        return [...y.dataSync()];
      });
      expect(received.length).toBe(expected.length);
      received.forEach((value, i) => expect(value, `element ${i}`).toBeCloseTo(expected[i] ?? Number.NaN, 5));
    },
  );
});
