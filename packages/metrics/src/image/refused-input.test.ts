import { resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { expect, it, vi } from "vitest";
import {
  functional,
  MultiScaleStructuralSimilarityIndexMeasure,
  PeakSignalNoiseRatio,
  StructuralSimilarityIndexMeasure,
  TotalVariation,
  UniversalImageQualityIndex,
} from "../index.js";

it("says which images were expected", () => {
  using _scope = tensorScope();
  const [flat, small] = [tf.ones([12, 12]), tf.ones([1, 1, 40, 40])];
  expect(() => functional.structuralSimilarityIndexMeasure(flat, flat)).toThrow(
    /\[batch, channels, height, width\] or \[batch, channels, depth[\s\S]*\[12, 12\]/,
  );
  expect(() => functional.multiscaleStructuralSimilarityIndexMeasure(small, small)).toThrow(
    /5 scales[\s\S]*at least 176[\s\S]*\[1, 1, 40, 40\]/,
  );
  expect(() => new PeakSignalNoiseRatio({ dataRange: 0 })).toThrow(/dataRange[\s\S]*above 0/);
});

it("gives the index of windows that are not square without the edges of each axis", () => {
  using _scope = tensorScope();
  const image = tf.randomUniform([1, 1, 12, 14], 0, 1, "float32", 5);
  const map = functional.universalImageQualityIndex(image, image, { kernelSize: [3, 7], reduction: "none" });
  expect(map.shape).toEqual([1, 1, 10, 8]);
});

it("gives similarities as they are without a normalization, NaN for powers of those below 0", () => {
  using _scope = tensorScope();
  const image = tf.randomUniform([1, 1, 16, 16], 0, 1, "float32", 5);
  const options = { dataRange: 1, kernelSize: 3, betas: [0.4, 0.6] };
  const value = (normalize: "none" | "relu") =>
    functional
      .multiscaleStructuralSimilarityIndexMeasure(tf.sub(1, image), image, { ...options, normalize })
      .dataSync()[0];
  expect(value("none")).toBeNaN();
  expect(value("relu")).toBe(0);
});

it("reads nothing from the device when it is updated or called", async () => {
  await resolveBackend("onnxruntime");
  const made = [
    new PeakSignalNoiseRatio({ dataRange: 1, dim: [1, 2, 3] }),
    new StructuralSimilarityIndexMeasure(),
    new MultiScaleStructuralSimilarityIndexMeasure({ kernelSize: 3, betas: [0.4, 0.6] }),
    new UniversalImageQualityIndex(),
  ];
  const variation = new TotalVariation();
  const reads = vi.spyOn(tf.Tensor.prototype, "dataSync");
  try {
    const scope = tensorScope();
    const image = tf.ones([2, 1, 16, 16]);
    for (const metric of made) {
      metric.update(image, image);
      metric.forward(image, image);
    }
    variation.forward(image);
    expect(reads).not.toHaveBeenCalled();
    scope.close();
  } finally {
    reads.mockRestore();
    for (const metric of [...made, variation]) metric.dispose();
  }
});
