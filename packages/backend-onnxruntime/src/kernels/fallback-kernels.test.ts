import { expect, it } from "vitest";
import { fallbackKernelNames, registerOnnxRuntime } from "../index.js";

/** Why each kernel is left to tfjs' cpu backend. */
const REASONS = {
  "its shape depends on values": ["SparseFillEmptyRows", "SparseReshape", "RaggedGather", "RaggedRange", "RaggedTensorToTensor", "NonMaxSuppressionV3", "NonMaxSuppressionV4", "NonMaxSuppressionV5", "Unique"],
  "it works on strings": ["StaticRegexReplace", "StringNGrams", "StringSplit", "StringToHashBucketFast"],
  "it works on complex numbers": ["Complex", "ComplexAbs", "FFT", "IFFT", "Imag", "Real"],
  "it prepares data and has no gradient": ["BroadcastArgs", "CropAndResize", "Draw", "Multinomial", "RotateWithOffset", "SearchSorted", "SparseSegmentMean", "SparseSegmentSum", "Transform", "MaxPoolWithArgmax"],
  "no layer uses it": ["Dilation2D", "Dilation2DBackpropFilter", "Dilation2DBackpropInput", "Bincount", "DenseBincount"],
};

it("leaves to tfjs' cpu backend only what is listed here", () => {
  registerOnnxRuntime();
  const names = fallbackKernelNames();
  process.stdout.write(`${names.length} kernels run on tfjs' cpu backend: ${names.join(", ")}\n`);
  expect(names).toEqual(Object.values(REASONS).flat().toSorted());
});
