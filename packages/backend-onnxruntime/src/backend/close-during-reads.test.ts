import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { BACKEND_NAME, registerOnnxRuntime } from "../register-onnxruntime.js";

it("reads that are under way when the backend is removed get their values, and so do those of this very turn", async () => {
  registerOnnxRuntime({ threads: 2 });
  await tf.setBackend(BACKEND_NAME);
  const matrix = tf.fill([600, 600], 0.001);
  const product = tf.matMul(tf.matMul(tf.matMul(matrix, matrix), matrix), matrix);
  const early = product.data();
  await new Promise((resolve) => setTimeout(resolve, 1));
  const [late, derived] = [product.data(), tf.add(product, 1).data()];
  tf.removeBackend(BACKEND_NAME);
  const values = await Promise.all([early, late, derived]);
  const expected = 0.6 ** 3 * 0.001;
  expect(values.map(([first = Number.NaN]) => first.toFixed(6))).toEqual(
    [expected, expected, 1 + expected].map((value) => value.toFixed(6)),
  );
});
