import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { fallbackKernelNames } from "../index.js";
import { startBackend } from "../testing/start-backend.js";

/** Why each kernel is left to tfjs' cpu backend. */
const REASONS = {
  "its shape depends on values": [
    "SparseFillEmptyRows",
    "SparseReshape",
    "RaggedGather",
    "RaggedRange",
    "RaggedTensorToTensor",
    "NonMaxSuppressionV3",
    "NonMaxSuppressionV4",
    "NonMaxSuppressionV5",
    "Unique",
  ],
  "it works on strings": ["StaticRegexReplace", "StringNGrams", "StringSplit", "StringToHashBucketFast"],
  "it works on complex numbers": ["Complex", "ComplexAbs", "FFT", "IFFT", "Imag", "Real"],
  "it prepares data and has no gradient": [
    "BroadcastArgs",
    "CropAndResize",
    "Draw",
    "Multinomial",
    "RotateWithOffset",
    "SearchSorted",
    "SparseSegmentMean",
    "SparseSegmentSum",
    "Transform",
    "MaxPoolWithArgmax",
  ],
  "it looks at values to refuse negative ones": ["Bincount", "DenseBincount"],
};

const warnings: string[] = [];

it("leaves to tfjs' cpu backend only what is listed here", async () => {
  await startBackend({ onWarning: (message) => warnings.push(message) });
  const names = fallbackKernelNames();
  process.stdout.write(`${names.length} kernels run on tfjs' cpu backend: ${names.join(", ")}\n`);
  expect(names).toEqual(Object.values(REASONS).flat().toSorted());
});

it("warns once, by name, of a kernel that is slow for want of a lowering, and not of those that belong on the host", () => {
  const image = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  for (let i = 0; i < 2; i++) tf.image.cropAndResize(image, [[0, 0, 1, 1]], [0], [2, 2]).dispose();
  tf.unique(tf.tensor1d([1, 1, 2]));
  tf.add(tf.zeros([0]), 1);
  expect(warnings).toEqual([
    "The kernel CropAndResize has no lowering for these inputs and runs on tfjs' cpu backend, which is slow.",
  ]);
});
