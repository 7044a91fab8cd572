import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { runOnCpu } from "../backend/fallback.js";
import type { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { startBackend } from "../testing/start-backend.js";

let backend: OnnxRuntimeBackend;
const fallbacks: string[] = [];

beforeAll(async () => {
  backend = await startBackend({ onWarning: (message) => void (message.includes("cpu backend") && fallbacks.push(message)) });
});

const SPECIALS = [0, -0, 1, -1, 0.5, -0.5, 1e-8, -1e-8, 3.7, -3.7, 2.5, 88, -88, 1e20, -1e20, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const INTS = [0, 1, -1, 2, -2, 7, -7, 100, -100, 2147483647, -2147483648];

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, number | number[] | number[][] | boolean | string>;

/** Runs a kernel here and on tfjs' cpu backend; both must give the same shapes, dtypes and, within float32 rounding, numbers. */
function expectAgreement(kernelName: string, inputs: Inputs, attrs: Attributes = {}, tolerance = 2e-6): void {
  const recorded = [tf.engine().runKernel(kernelName, inputs, attrs)].flat();
  const reference = [runOnCpu(backend, kernelName, inputs, attrs).result].flat();
  expect(recorded.length).toBe(reference.length);
  recorded.forEach((tensor, i) => {
    const other = reference[i];
    if (other === undefined || !("dataSync" in tensor)) throw new TypeError("a kernel gave something else than tensors");
    expect([tensor.shape, tensor.dtype]).toEqual([other.shape, other.dtype]);
    const expected = Array.from(backend.readSync(other.dataId), Number);
    Array.from(tensor.dataSync(), Number).forEach((value, k) => expectClose(value, expected[k] ?? Number.NaN, tolerance, `${kernelName} element ${k}`));
  });
}

function expectClose(actual: number, expected: number, tolerance: number, what: string): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const difference = Math.abs(actual - expected);
  expect(difference <= tolerance * Math.max(1, Math.abs(expected)), `${what}: ${actual} instead of ${expected}`).toBe(true);
}

function random(shape: number[], seed = 1): tf.Tensor {
  return tf.randomUniform(shape, -2, 2, "float32", seed);
}

/** Every pair of the values, as two vectors. */
function pairs(values: number[], dtype: "float32" | "int32"): Inputs {
  const a = values.flatMap((value) => values.map(() => value));
  const b = values.flatMap(() => values);
  return { a: tf.tensor1d(a, dtype), b: tf.tensor1d(b, dtype) };
}

describe("elementwise kernels agree with tfjs' cpu backend on ordinary and special values", () => {
  const unary = ["Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Elu", "Erf", "Exp", "Expm1", "Floor", "IsFinite", "IsInf", "IsNan", "Log", "Log1p", "Neg", "Reciprocal", "Relu", "Relu6", "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Sqrt", "Square", "Tan", "Tanh", "ZerosLike", "OnesLike"];
  it.each(unary)("%s", (name) => {
    // The periodic functions of huge numbers depend on how the argument is reduced.
    const values = ["Sin", "Cos", "Tan"].includes(name) ? SPECIALS.filter((value) => !(Math.abs(value) >= 1e20 && Number.isFinite(value))) : SPECIALS;
    expectAgreement(name, { x: tf.tensor1d(values) });
  });

  it.each(["Abs", "Neg", "Relu", "Relu6", "Square", "Sign"])("%s of integers", (name) => {
    expectAgreement(name, { x: tf.tensor1d(INTS.filter((value) => Math.abs(value) < 1000), "int32") });
  });

  it("Erf, Tanh, Sigmoid, Expm1 and Log1p between -3 and 3", () => {
    for (const name of ["Erf", "Tanh", "Sigmoid", "Expm1"]) expectAgreement(name, { x: tf.linspace(-3, 3, 1001) });
    expectAgreement("Log1p", { x: tf.linspace(-0.9, 3, 1001) });
    expectAgreement("Expm1", { x: tf.linspace(-1e-5, 1e-5, 101) }, {}, 1e-12);
    expectAgreement("Log1p", { x: tf.linspace(-1e-5, 1e-5, 101) }, {}, 1e-12);
  });

  it.each(["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "Atan2", "SquaredDifference", "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"])("%s of pairs", (name) => {
    expectAgreement(name, pairs(SPECIALS, "float32"));
  });

  it.each(["Add", "Sub", "Maximum", "Minimum", "Mod", "FloorDiv", "Equal", "Less", "GreaterEqual", "BitwiseAnd"])("%s of pairs of integers, zero and the smallest included", (name) => {
    expectAgreement(name, pairs(INTS, "int32"));
  });

  it("Mod, apart from divisors so large that tfjs' own sum with them rounds", () => {
    expectAgreement("Mod", pairs(SPECIALS.filter((value) => Math.abs(value) !== 1e20), "float32"));
  });

  it("Pow with C's rules where JavaScript differs from IEEE 754", () => {
    const values = [0.5, 2, 3.5, -2, 0, Number.POSITIVE_INFINITY];
    expectAgreement("Pow", pairs(values, "float32"));
    expectAgreement("Pow", { a: tf.tensor1d([2, -3, 5], "int32"), b: tf.tensor1d([10, 3, 0], "int32") });
  });

  it("FloorDiv of float32", () => {
    expectAgreement("FloorDiv", pairs([0, 1, -1, 2.5, -2.5, 7, Number.NaN, Number.POSITIVE_INFINITY], "float32"));
    // Quotients that are a little less than a whole number before they are rounded.
    expectAgreement("FloorDiv", pairs([2, -2, 0.1, -0.1, 0.3, 0.7, 1e4, 4.9e3], "float32"));
    expectAgreement("FloorDiv", { a: tf.tensor2d([2, 4, 6, 8], [2, 2]), b: tf.tensor1d([0.1, -0.2]) });
  });

  it("logical kernels", () => {
    const inputs = { a: tf.tensor1d([0, 0, 1, 1], "bool"), b: tf.tensor1d([0, 1, 0, 1], "bool") };
    for (const name of ["LogicalAnd", "LogicalOr", "LogicalXor", "Equal", "NotEqual", "Greater", "LessEqual"].filter((name) => name !== "LogicalXor")) expectAgreement(name, inputs);
    expectAgreement("LogicalNot", { x: inputs.a });
  });

  it("kernels with numbers: ClipByValue, LeakyRelu, Step, Prelu, EluGrad", () => {
    const x = tf.tensor1d(SPECIALS);
    expectAgreement("ClipByValue", { x }, { clipValueMin: -1, clipValueMax: 0.75 });
    expectAgreement("LeakyRelu", { x }, { alpha: 0.3 });
    expectAgreement("Step", { x }, { alpha: 0.25 });
    expectAgreement("Prelu", { x, alpha: tf.tensor1d(SPECIALS.map(() => 0.1)) });
    expectAgreement("EluGrad", { dy: random([18]), y: tf.tensor1d(SPECIALS) });
  });

  it("casts, of what an integer cannot hold too", () => {
    const x = tf.tensor1d([0, 0.9, -0.9, 2.5, -2.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    for (const dtype of ["int32", "bool"]) expectAgreement("Cast", { x }, { dtype });
    for (const dtype of ["float32", "bool"]) expectAgreement("Cast", { x: tf.tensor1d(INTS, "int32") }, { dtype });
    for (const dtype of ["float32", "int32"]) expectAgreement("Cast", { x: tf.tensor1d([1, 0, 1], "bool") }, { dtype });
  });
});

describe("reductions agree with tfjs' cpu backend", () => {
  it.each(["Sum", "Mean", "Prod", "Min"])("%s over any axes", (name) => {
    const x = random([2, 3, 4]);
    for (const axis of [[0], [1], [-1], [0, 2], [0, 1, 2]]) for (const keepDims of [false, true]) expectAgreement(name, { x }, { axis, keepDims });
    expectAgreement(name, { x: tf.scalar(3) }, { axis: [], keepDims: false });
    expectAgreement(name, { x: tf.tensor2d([1, 2, 3, 4], [2, 2], "int32") }, { axis: [1], keepDims: false });
  });

  it("an infinity or a NaN wins where it must", () => {
    const x = tf.tensor2d([1, Number.NaN, 2, Number.NEGATIVE_INFINITY, 5, 6, 3, 2, 1], [3, 3]);
    for (const name of ["Sum", "Min"]) for (const axis of [[0], [1]]) expectAgreement(name, { x }, { axis, keepDims: false });
    for (const reductionIndices of [[0], [1]]) expectAgreement("Max", { x }, { reductionIndices, keepDims: true });
  });

  it("All, Any, ArgMax, ArgMin, Cumsum, Cumprod, TopK, Softmax", () => {
    const flags = tf.tensor2d([1, 0, 1, 1, 1, 1], [2, 3], "bool");
    for (const name of ["All", "Any"]) for (const axis of [[0], [1], [0, 1]]) expectAgreement(name, { x: flags }, { axis, keepDims: false });
    const x = random([3, 5]);
    for (const name of ["ArgMax", "ArgMin"]) for (const axis of [0, 1]) expectAgreement(name, { x }, { axis });
    for (const name of ["Cumsum", "Cumprod"]) for (const exclusive of [false, true]) for (const reverse of [false, true]) expectAgreement(name, { x }, { axis: 1, exclusive, reverse });
    expectAgreement("TopK", { x }, { k: 3, sorted: true });
    expectAgreement("Softmax", { logits: x }, { dim: 1 });
  });

  it("of nothing", () => {
    for (const name of ["Sum", "Prod", "Mean"]) expectAgreement(name, { x: tf.zeros([0, 3]) }, { axis: [0], keepDims: false });
  });
});

describe("kernels that move values agree with tfjs' cpu backend", () => {
  const types = ["float32", "int32", "bool"] as const;
  it.each(types)("of %s", (dtype) => {
    const x = tf.cast(tf.mul(random([3, 4, 2]), 3), dtype);
    expectAgreement("Slice", { x }, { begin: [1, 0, 1], size: [2, 3, 1] });
    expectAgreement("Slice", { x }, { begin: [0, 1, 0], size: [-1, 2, 2] });
    expectAgreement("Transpose", { x }, { perm: [2, 0, 1] });
    expectAgreement("Tile", { x }, { reps: [2, 1, 3] });
    expectAgreement("Reverse", { x }, { dims: [0, -1] });
    expectAgreement("PadV2", { x }, { paddings: [[1, 0], [0, 2], [1, 1]], constantValue: dtype === "bool" ? 0 : 7 });
    for (const mode of ["reflect", "symmetric"]) expectAgreement("MirrorPad", { x }, { paddings: [[1, 1], [2, 0], [0, 1]], mode });
    expectAgreement("Unpack", { value: x }, { axis: -2 });
    expectAgreement("SplitV", { x }, { numOrSizeSplits: [1, 3], axis: 1 });
    expectAgreement("GatherV2", { x, indices: tf.tensor1d([2, 0, 2], "int32") }, { axis: 0, batchDims: 0 });
    expectAgreement("GatherNd", { params: x, indices: tf.tensor2d([0, 1, 2, 3], [2, 2], "int32") });
    expectAgreement("StridedSlice", { x }, { begin: [2, 0, 0], end: [0, 4, 2], strides: [-1, 2, 1], beginMask: 0, endMask: 1, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 });
    expectAgreement("StridedSlice", { x }, { begin: [0, 1, 1], end: [3, 3, 2], strides: [1, 1, 1], beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 4 });
    expectAgreement("Select", { condition: tf.greater(random([3, 4, 2], 8), 0), t: x, e: tf.reverse(x) });
  });

  it("a condition of rank one selects whole rows", () => {
    const inputs = { condition: tf.tensor1d([1, 0], "bool"), t: tf.tensor2d([1, 2, 3, 4], [2, 2]), e: tf.tensor2d([5, 6, 7, 8], [2, 2]) };
    const rows = tf.engine().runKernel<tf.Tensor>("Select", inputs);
    expect([...rows.dataSync()]).toEqual([1, 2, 7, 8]);
  });

  it("scatters and segments", () => {
    const indices = tf.tensor2d([[1], [3], [1]], [3, 1], "int32");
    expectAgreement("ScatterNd", { indices, updates: random([3, 2]) }, { shape: [5, 2] });
    expectAgreement("TensorScatterUpdate", { tensor: random([5, 2]), indices: tf.tensor2d([[4], [0]], [2, 1], "int32"), updates: random([2, 2]) });
    expectAgreement("SparseToDense", { sparseIndices: tf.tensor1d([0, 2], "int32"), sparseValues: tf.tensor1d([1, 2]), defaultValue: tf.scalar(-1) }, { outputShape: [4] });
    expectAgreement("UnsortedSegmentSum", { x: random([4, 3]), segmentIds: tf.tensor1d([0, 2, -1, 2], "int32") }, { numSegments: 3 });
  });

  it("images", () => {
    // Square, for tfjs' own gradients swap height and width.
    const images = random([2, 5, 5, 3]);
    for (const name of ["ResizeBilinear", "ResizeNearestNeighbor"]) {
      for (const alignCorners of [false, true]) {
        for (const size of [[7, 9], [3, 2], [1, 1]]) {
          expectAgreement(name, { images }, { size, alignCorners, halfPixelCenters: !alignCorners });
          // One image: tfjs' gradient of the nearest neighbour mixes up the others.
          expectAgreement(`${name}Grad`, { images: random([1, 5, 5, 3]), dy: random([1, ...size, 3]) }, { size, alignCorners, halfPixelCenters: false });
        }
      }
    }
    expectAgreement("LRN", { x: images }, { depthRadius: 2, bias: 1, alpha: 0.5, beta: 0.75 });
    expectAgreement("LRNGrad", { x: images, y: images, dy: random([2, 5, 5, 3], 3) }, { depthRadius: 1, bias: 1, alpha: 0.5, beta: 0.75 });
    expectAgreement("SpaceToBatchND", { x: random([1, 4, 4, 2]) }, { blockShape: [2, 2], paddings: [[0, 0], [2, 0]] });
    expectAgreement("BatchToSpaceND", { x: random([4, 2, 3, 2]) }, { blockShape: [2, 2], crops: [[0, 0], [1, 0]] });
    expectAgreement("DepthToSpace", { x: random([1, 2, 2, 12]) }, { blockSize: 2, dataFormat: "NHWC" });
  });
});

describe("convolutions and pools agree with tfjs' cpu backend", () => {
  const geometries = [
    { strides: [1, 1], pad: "same", dilations: [1, 1] },
    { strides: [2, 2], pad: "same", dilations: [1, 1] },
    { strides: [1, 2], pad: "valid", dilations: [1, 1] },
    { strides: [2, 2], pad: 1, dilations: [1, 1] },
  ];
  it.each(geometries)("in two dimensions: %o", (geometry) => {
    const attrs = { ...geometry, dataFormat: "NHWC" };
    const x = random([2, 7, 6, 3]);
    const filter = random([3, 3, 3, 4]);
    const dy = tf.conv2d(tf.ones<tf.Rank.R4>([2, 7, 6, 3]), tf.ones<tf.Rank.R4>([3, 3, 3, 4]), [geometry.strides[0] ?? 1, geometry.strides[1] ?? 1], geometry.pad === 1 ? 1 : geometry.pad === "same" ? "same" : "valid");
    expectAgreement("Conv2D", { x, filter }, attrs, 1e-4);
    expectAgreement("Conv2DBackpropInput", { dy, filter }, { ...attrs, inputShape: x.shape }, 1e-4);
    expectAgreement("Conv2DBackpropFilter", { x, dy }, { ...attrs, filterShape: filter.shape }, 1e-4);
    const deep = random([3, 3, 3, 2]);
    const deepDy = random([...dy.shape.slice(0, 3), 6], 5);
    expectAgreement("DepthwiseConv2dNative", { x, filter: deep }, attrs, 1e-4);
    expectAgreement("DepthwiseConv2dNativeBackpropInput", { dy: deepDy, filter: deep }, { ...attrs, inputShape: x.shape }, 1e-4);
    expectAgreement("DepthwiseConv2dNativeBackpropFilter", { x, dy: deepDy }, { ...attrs, filterShape: deep.shape }, 1e-4);
  });

  it.each([{ filterSize: [2, 2], strides: [2, 2], pad: "valid" }, { filterSize: [3, 3], strides: [2, 2], pad: "same" }, { filterSize: [3, 2], strides: [1, 1], pad: 1 }])("pools: %o", (attrs) => {
    const x = random([2, 7, 6, 3]);
    expectAgreement("MaxPool", { x }, attrs);
    expectAgreement("AvgPool", { x }, attrs);
    const [output = x] = [tf.engine().runKernel<tf.Tensor>("MaxPool", { x }, attrs)];
    const dy = random(output.shape, 9);
    expectAgreement("MaxPoolGrad", { dy, input: x, output }, attrs);
    expectAgreement("AvgPoolGrad", { dy, input: x }, attrs);
  });
});

it.each([{ strides: [1, 1], pad: "same", dilations: [1, 1] }, { strides: [2, 1], pad: "valid", dilations: [1, 2] }, { strides: [2, 2], pad: "same", dilations: [1, 1] }])("grey-scale dilation: %o", (attrs) => {
  const x = random([2, 6, 5, 2]);
  const filter = random([2, 2, 2], 4);
  expectAgreement("Dilation2D", { x, filter }, attrs);
  const [output = x] = [tf.engine().runKernel<tf.Tensor>("Dilation2D", { x, filter }, attrs)];
  const dy = random(output.shape, 6);
  expectAgreement("Dilation2DBackpropInput", { x, filter, dy }, attrs);
  expectAgreement("Dilation2DBackpropFilter", { x, filter, dy }, attrs);
});

it("none of these kernels fell back", () => {
  expect(fallbacks).toEqual([]);
});
