import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { backendNameOf, registerOnnxRuntime } from "../register-onnxruntime.js";
import { useSoftwareGpu } from "../testing/software-gpu.js";

const devices = useSoftwareGpu() ? (["cpu", "webgpu"] as const) : (["cpu"] as const);

it.each(devices)(
  "reads that are under way when the backend is removed get their values, and so do those of this very turn: %s",
  async (device) => {
    registerOnnxRuntime({ device, threads: 2, onWarning: () => {} });
    const name = backendNameOf(device);
    await tf.setBackend(name);
    const matrix = tf.fill([600, 600], 0.001);
    const product = tf.matMul(tf.matMul(tf.matMul(matrix, matrix), matrix), matrix);
    const early = product.data();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const [late, derived] = [product.data(), tf.add(product, 1).data()];
    tf.removeBackend(name);
    const values = await Promise.all([early, late, derived]);
    const expected = 0.6 ** 3 * 0.001;
    expect(values.map(([first = Number.NaN]) => first.toFixed(6))).toEqual(
      [expected, expected, 1 + expected].map((value) => value.toFixed(6)),
    );
  },
);
