import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backendNameOf, registerOnnxRuntime } from "../../register-onnxruntime.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";

describe.skipIf(!useSoftwareGpu())("convolutions in three dimensions on WebGPU", () => {
  beforeAll(async () => {
    registerOnnxRuntime({ device: "webgpu", onWarning: () => {} });
    await tf.setBackend(backendNameOf("webgpu"));
  });
  afterAll(() => tf.removeBackend(backendNameOf("webgpu")));

  it.each([1, 2, 4])("sum over the channels of their group: %i", (groups) => {
    const [channels, side] = [4, 3];
    const values = tf.tidy(() => {
      const x = tf.ones([1, channels, side, side, side]);
      const weight = tf.ones([channels, channels / groups, 2, 2, 2]);
      const attrs = { stride: [1, 1, 1], padding: Array(3).fill([0, 0]), dilation: [1, 1, 1], groups };
      const y: tf.Tensor = tf.engine().runKernel("lit.Conv", { x, weight }, attrs);
      return [...y.dataSync()];
    });
    expect(values).toEqual(Array(channels * 8).fill((channels / groups) * 8));
  });
});
