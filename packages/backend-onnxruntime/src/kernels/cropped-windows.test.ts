import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

const warnings: string[] = [];
beforeAll(() => startBackend({ onWarning: (message) => void warnings.push(message) }).then(() => {}));

/** The padding "same" of such windows is negative in three dimensions: the first elements are seen by none. */
const WINDOWS = [
  { kernel: 1, stride: 2, size: [4, 6, 5] },
  { kernel: 1, stride: 3, size: [6, 4, 5] },
  { kernel: 2, stride: 3, size: [6, 7, 9] },
  { kernel: 2, stride: 5, size: [9, 8, 10] },
  { kernel: 3, stride: 2, size: [5, 6, 4] },
] as const;

type Case = (typeof WINDOWS)[number];

function image([depth, height, width]: Case["size"], channels = 2): tf.Tensor5D {
  return tf.tensor5d(
    Float32Array.from({ length: 2 * depth * height * width * channels }, (_, i) => Math.sin(i * 1.7)),
    [2, depth, height, width, channels],
  );
}

function filter(kernel: number): tf.Tensor5D {
  return tf.tensor5d(
    Float32Array.from({ length: kernel ** 3 * 6 }, (_, i) => Math.cos(i * 0.9)),
    [kernel, kernel, kernel, 2, 3],
  );
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attrs);
}

/** A gradient of the shape of what the window gives. */
function upstream(y: tf.Tensor): tf.Tensor {
  return tf.tensor(
    Float32Array.from({ length: y.size }, (_, i) => Math.cos(i * 0.3)),
    y.shape,
  );
}

const OPERATIONS: Record<string, (window: Case) => tf.Tensor[]> = {
  conv3d: ({ kernel, stride, size }) => [tf.conv3d(image(size), filter(kernel), stride, "same")],
  "the gradients of conv3d": ({ kernel, stride, size }) => {
    const [x, weight] = [image(size), filter(kernel)];
    const dy = upstream(tf.conv3d(x, weight, stride, "same"));
    const attrs = { strides: [stride, stride, stride], pad: "same" };
    const dx = run("Conv3DBackpropInputV2", { dy, filter: weight }, { ...attrs, inputShape: x.shape });
    return [dx, run("Conv3DBackpropFilterV2", { x, dy }, { ...attrs, filterShape: weight.shape })];
  },
  maxPool3d: ({ kernel, stride, size }) => [tf.maxPool3d(image(size), kernel, stride, "same")],
  avgPool3d: ({ kernel, stride, size }) => [tf.avgPool3d(image(size), kernel, stride, "same")],
  "the gradient of maxPool3d": ({ kernel, stride, size }) => {
    const x = image(size);
    const output = tf.maxPool3d(x, kernel, stride, "same");
    return [
      run(
        "MaxPool3DGrad",
        { dy: upstream(output), input: x, output },
        { filterSize: kernel, strides: stride, pad: "same" },
      ),
    ];
  },
  "the gradient of avgPool3d": ({ kernel, stride, size }) => {
    const x = image(size);
    const dy = upstream(tf.avgPool3d(x, kernel, stride, "same"));
    return [run("AvgPool3DGrad", { dy, input: x }, { filterSize: kernel, strides: stride, pad: "same" })];
  },
};

describe.each(Object.keys(OPERATIONS))("%s with padding same", (name) => {
  it.each(WINDOWS)("of windows of $kernel, $stride apart, agrees with tfjs' cpu backend", async (window) => {
    const compute = (): { shape: number[]; values: number[] }[] =>
      (OPERATIONS[name]?.(window) ?? []).map((y) => ({ shape: y.shape, values: [...y.dataSync()] }));
    await tf.setBackend("onnxruntime");
    const received = compute();
    await tf.setBackend("cpu");
    const expected = compute();
    await tf.setBackend("onnxruntime");
    expect(received.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    received.forEach(({ values }, i) =>
      values.forEach((value, k) => expect(value).toBeCloseTo(expected[i]?.values[k] ?? Number.NaN, 4)),
    );
    expect(warnings.filter((warning) => /Conv3D|Pool3D/.test(warning))).toEqual([]);
  });
});
