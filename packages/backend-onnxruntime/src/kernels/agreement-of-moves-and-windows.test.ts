import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAgreement, expectNoFallback, random, startAgreement } from "../testing/expect-agreement.js";

beforeAll(startAgreement);

describe("kernels that move values agree with tfjs' cpu backend", () => {
  const types = ["float32", "int32", "bool"] as const;
  it.each(types)("of %s", (dtype) => {
    const x = tf.cast(tf.mul(random([3, 4, 2]), 3), dtype);
    expectAgreement("Slice", { x }, { begin: [1, 0, 1], size: [2, 3, 1] });
    expectAgreement("Slice", { x }, { begin: [0, 1, 0], size: [-1, 2, 2] });
    expectAgreement("Transpose", { x }, { perm: [2, 0, 1] });
    expectAgreement("Tile", { x }, { reps: [2, 1, 3] });
    expectAgreement("Reverse", { x }, { dims: [0, -1] });
    expectAgreement(
      "PadV2",
      { x },
      {
        paddings: [
          [1, 0],
          [0, 2],
          [1, 1],
        ],
        constantValue: dtype === "bool" ? 0 : 7,
      },
    );
    for (const mode of ["reflect", "symmetric"])
      expectAgreement(
        "MirrorPad",
        { x },
        {
          paddings: [
            [1, 1],
            [2, 0],
            [0, 1],
          ],
          mode,
        },
      );
    expectAgreement("Unpack", { value: x }, { axis: -2 });
    expectAgreement("SplitV", { x }, { numOrSizeSplits: [1, 3], axis: 1 });
    expectAgreement("GatherV2", { x, indices: tf.tensor1d([2, 0, 2], "int32") }, { axis: 0, batchDims: 0 });
    expectAgreement("GatherNd", { params: x, indices: tf.tensor2d([0, 1, 2, 3], [2, 2], "int32") });
    expectAgreement(
      "StridedSlice",
      { x },
      {
        begin: [2, 0, 0],
        end: [0, 4, 2],
        strides: [-1, 2, 1],
        beginMask: 0,
        endMask: 1,
        ellipsisMask: 0,
        newAxisMask: 0,
        shrinkAxisMask: 0,
      },
    );
    expectAgreement(
      "StridedSlice",
      { x },
      {
        begin: [0, 1, 1],
        end: [3, 3, 2],
        strides: [1, 1, 1],
        beginMask: 0,
        endMask: 0,
        ellipsisMask: 0,
        newAxisMask: 0,
        shrinkAxisMask: 4,
      },
    );
    expectAgreement("Select", { condition: tf.greater(random([3, 4, 2], 8), 0), t: x, e: tf.reverse(x) });
  });

  it("a condition of rank one selects whole rows", () => {
    const inputs = {
      condition: tf.tensor1d([1, 0], "bool"),
      t: tf.tensor2d([1, 2, 3, 4], [2, 2]),
      e: tf.tensor2d([5, 6, 7, 8], [2, 2]),
    };
    const rows = tf.engine().runKernel<tf.Tensor>("Select", inputs);
    expect([...rows.dataSync()]).toEqual([1, 2, 7, 8]);
  });

  it("scatters and segments", () => {
    const indices = tf.tensor2d([[1], [3], [1]], [3, 1], "int32");
    expectAgreement("ScatterNd", { indices, updates: random([3, 2]) }, { shape: [5, 2] });
    expectAgreement("TensorScatterUpdate", {
      tensor: random([5, 2]),
      indices: tf.tensor2d([[4], [0]], [2, 1], "int32"),
      updates: random([2, 2]),
    });
    expectAgreement(
      "SparseToDense",
      { sparseIndices: tf.tensor1d([0, 2], "int32"), sparseValues: tf.tensor1d([1, 2]), defaultValue: tf.scalar(-1) },
      { outputShape: [4] },
    );
    expectAgreement(
      "UnsortedSegmentSum",
      { x: random([4, 3]), segmentIds: tf.tensor1d([0, 2, -1, 2], "int32") },
      { numSegments: 3 },
    );
  });

  it("images", () => {
    // Square, for tfjs' own gradients swap height and width.
    const images = random([2, 5, 5, 3]);
    for (const name of ["ResizeBilinear", "ResizeNearestNeighbor"]) {
      for (const alignCorners of [false, true]) {
        for (const size of [
          [7, 9],
          [3, 2],
          [1, 1],
        ]) {
          expectAgreement(name, { images }, { size, alignCorners, halfPixelCenters: !alignCorners });
          // One image: tfjs' gradient of the nearest neighbour mixes up the others.
          expectAgreement(
            `${name}Grad`,
            { images: random([1, 5, 5, 3]), dy: random([1, ...size, 3]) },
            { size, alignCorners, halfPixelCenters: false },
          );
        }
      }
    }
    expectAgreement("LRN", { x: images }, { depthRadius: 2, bias: 1, alpha: 0.5, beta: 0.75 });
    expectAgreement(
      "LRNGrad",
      { x: images, y: images, dy: random([2, 5, 5, 3], 3) },
      { depthRadius: 1, bias: 1, alpha: 0.5, beta: 0.75 },
    );
    expectAgreement(
      "SpaceToBatchND",
      { x: random([1, 4, 4, 2]) },
      {
        blockShape: [2, 2],
        paddings: [
          [0, 0],
          [2, 0],
        ],
      },
    );
    expectAgreement(
      "BatchToSpaceND",
      { x: random([4, 2, 3, 2]) },
      {
        blockShape: [2, 2],
        crops: [
          [0, 0],
          [1, 0],
        ],
      },
    );
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
    const dy = tf.conv2d(
      tf.ones<tf.Rank.R4>([2, 7, 6, 3]),
      tf.ones<tf.Rank.R4>([3, 3, 3, 4]),
      [geometry.strides[0] ?? 1, geometry.strides[1] ?? 1],
      geometry.pad === 1 ? 1 : geometry.pad === "same" ? "same" : "valid",
    );
    expectAgreement("Conv2D", { x, filter }, attrs, 1e-4);
    expectAgreement("Conv2DBackpropInput", { dy, filter }, { ...attrs, inputShape: x.shape }, 1e-4);
    expectAgreement("Conv2DBackpropFilter", { x, dy }, { ...attrs, filterShape: filter.shape }, 1e-4);
    const deep = random([3, 3, 3, 2]);
    const deepDy = random([...dy.shape.slice(0, 3), 6], 5);
    expectAgreement("DepthwiseConv2dNative", { x, filter: deep }, attrs, 1e-4);
    expectAgreement(
      "DepthwiseConv2dNativeBackpropInput",
      { dy: deepDy, filter: deep },
      { ...attrs, inputShape: x.shape },
      1e-4,
    );
    expectAgreement(
      "DepthwiseConv2dNativeBackpropFilter",
      { x, dy: deepDy },
      { ...attrs, filterShape: deep.shape },
      1e-4,
    );
  });

  it.each([
    { filterSize: [2, 2], strides: [2, 2], pad: "valid" },
    { filterSize: [3, 3], strides: [2, 2], pad: "same" },
    { filterSize: [3, 2], strides: [1, 1], pad: 1 },
  ])("pools: %o", (attrs) => {
    const x = random([2, 7, 6, 3]);
    expectAgreement("MaxPool", { x }, attrs);
    expectAgreement("AvgPool", { x }, attrs);
    const [output = x] = [tf.engine().runKernel<tf.Tensor>("MaxPool", { x }, attrs)];
    const dy = random(output.shape, 9);
    expectAgreement("MaxPoolGrad", { dy, input: x, output }, attrs);
    expectAgreement("AvgPoolGrad", { dy, input: x }, attrs);
  });
});

it.each([
  { strides: [1, 1], pad: "same", dilations: [1, 1] },
  { strides: [2, 1], pad: "valid", dilations: [1, 2] },
  { strides: [2, 2], pad: "same", dilations: [1, 1] },
])("grey-scale dilation: %o", (attrs) => {
  const x = random([2, 6, 5, 2]);
  const filter = random([2, 2, 2], 4);
  expectAgreement("Dilation2D", { x, filter }, attrs);
  const [output = x] = [tf.engine().runKernel<tf.Tensor>("Dilation2D", { x, filter }, attrs)];
  const dy = random(output.shape, 6);
  expectAgreement("Dilation2DBackpropInput", { x, filter, dy }, attrs);
  expectAgreement("Dilation2DBackpropFilter", { x, filter, dy }, attrs);
});

it("none of these kernels fell back", expectNoFallback);
