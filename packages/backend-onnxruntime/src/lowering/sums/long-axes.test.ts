import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { NdArray } from "../fused/testing/nd-array.js";
import { TestRandom } from "../fused/testing/random-array.js";
import { runFused } from "../fused/testing/run-fused.js";
import { startBackend } from "../../testing/start-backend.js";

beforeAll(async () => {
  await startBackend({ threads: 2 });
});

/** Longer than what is computed in one piece: a prime, and a size that blocks divide. */
const LENGTHS = [140_009, 150_000];

function positive(count: number, seed = 1): Float32Array {
  const random = new TestRandom(seed);
  return Float32Array.from({ length: count }, () => random.uniform());
}

function read(compute: () => tf.Tensor): ArrayLike<number> {
  return tf.tidy(() => compute().dataSync());
}

/** Σ over rows of a's column i times b's column j, in float64. */
function columnProduct(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [rows, left, right]: readonly [number, number, number],
  [i, j]: readonly [number, number],
): number {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) sum += (a[row * left + i] ?? 0) * (b[row * right + j] ?? 0);
  return sum;
}

function expectRelative(found: number | undefined, wanted: number, tolerance = 1e-6): void {
  expect(Math.abs((found ?? Number.NaN) / wanted - 1)).toBeLessThan(tolerance);
}

describe.each(LENGTHS)("along an axis of %i", (length) => {
  it.each([
    { exclusive: false, reverse: false },
    { exclusive: true, reverse: true },
  ])("running sums do not drift: %j", ({ exclusive, reverse }) => {
    const found = read(() => tf.cumsum(tf.fill([2, length], 0.7), 1, exclusive, reverse));
    const step = Math.fround(0.7);
    for (let i = 0; i < length; i += 997) {
      const before = reverse ? length - 1 - i : i;
      const wanted = step * (exclusive ? before : before + 1);
      expect(Math.abs((found[length + i] ?? Number.NaN) - wanted)).toBeLessThanOrEqual(1e-6 * wanted);
    }
  });

  it("a product has the error of a pairwise one", () => {
    // One factor after the other loses what compounding adds to each, 1.4e-4 by the end; pairs lose 4.5e-6.
    const factor = 1 + 2 ** -23;
    expectRelative(read(() => tf.prod(tf.fill([length], factor)))[0], factor ** length, 4.5e-6);
    expectRelative(read(() => tf.prod(tf.fill([3, length, 2], factor), 1))[5], factor ** length, 4.5e-6);
  });

  it("softmax and its logarithm do not drift", () => {
    const x = positive(length);
    const total = x.reduce((sum, value) => sum + Math.exp(value), 0);
    const probabilities = read(() => tf.softmax(tf.tensor2d(x, [1, length])));
    const logarithms = read(() => tf.logSoftmax(tf.tensor2d(x, [1, length])));
    for (let i = 0; i < length; i += 1009) {
      expectRelative(probabilities[i], Math.exp(x[i] ?? 0) / total);
      expectRelative(logarithms[i], (x[i] ?? 0) - Math.log(total));
    }
  });

  it("layer norm finds the deviation of numbers far from zero", () => {
    const x = positive(length).map((value) => value + 10);
    const mean = x.reduce((sum, value) => sum + value, 0) / length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    const [y, , invStd] = runFused("lit.LayerNorm", { x: new NdArray([1, length], x) }, { dims: 1, eps: 1e-5 });
    expectRelative(invStd?.data[0], 1 / Math.sqrt(variance + 1e-5));
    expect(Math.abs((y?.data[7] ?? Number.NaN) - ((x[7] ?? 0) - mean) / Math.sqrt(variance + 1e-5))).toBeLessThan(1e-5);
  });

  it.each([1024, 1031, 5265])("layer norm of %i numbers on a coarse grid has the right scale", (width) => {
    const x = positive(width).map((value) => Math.floor(5 * value) - 2);
    const mean = x.reduce((sum, value) => sum + value, 0) / width;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    const [y, , invStd] = runFused("lit.LayerNorm", { x: new NdArray([1, width], x) }, { dims: 1, eps: 1e-5 });
    expectRelative(invStd?.data[0], 1 / Math.sqrt(variance + 1e-5));
    for (let i = 0; i < width; i++)
      expect(Math.abs((y?.data[i] ?? 0) - ((x[i] ?? 0) - mean) / Math.sqrt(variance + 1e-5))).toBeLessThan(1.5e-6);
  });

  it("products with transposes, einsum and a linear layer's gradients are as exact as sums", () => {
    const [a, b] = [positive(length * 3, 2), positive(length * 2, 3)];
    const wanted = columnProduct(a, b, [length, 3, 2], [1, 1]);
    const columns = () => [tf.tensor2d(a, [length, 3]), tf.tensor2d(b, [length, 2])] as const;
    expectRelative(read(() => tf.matMul(...columns(), true, false))[3], wanted);
    expectRelative(
      read(() => tf.matMul(tf.transpose(columns()[0]), tf.transpose(columns()[1]), false, true))[3],
      wanted,
    );
    expectRelative(read(() => tf.einsum("ka,kb->ab", ...columns()))[3], wanted);
    const [dweight, dbias] = runFused("lit.LinearWeightGrad", {
      x: new NdArray([length, 2], b),
      dy: new NdArray([length, 3], a),
    });
    expectRelative(dweight?.data[3], wanted);
    expectRelative(dbias?.data[1], columnProduct(a, new Float32Array(length).fill(1), [length, 3, 1], [1, 0]));
    const [y] = runFused(
      "lit.Linear",
      {
        x: new NdArray([1, length], a.subarray(0, length)),
        weight: new NdArray([1, length], b.subarray(0, length)),
        bias: new NdArray([1], [3]),
      },
      { activation: "none" },
    );
    expectRelative(y?.data[0], columnProduct(a, b, [length, 1, 1], [0, 0]) + 3);
  });

  it("gradient norms and global pools do not drift", () => {
    const grads = [positive(length, 4), new Float32Array(length).fill(0.7)];
    const norm = Math.sqrt(
      grads.reduce((sum, grad) => sum + grad.reduce((squares, value) => squares + value * value, 0), 0),
    );
    const [g0, g1] = grads.map((grad) => new NdArray([length], grad));
    expectRelative(runFused("lit.GradNorm", { g0, g1 }, { norm: 2, count: 2 })[0]?.data[0], norm);
    const image = new NdArray([1, 1, length], new Float32Array(length).fill(0.7));
    const pool = { kernelSize: [length], stride: [length], padding: [[0, 0]], countIncludePad: true };
    expectRelative(runFused("lit.AvgPool", { x: image }, pool)[0]?.data[0], Math.fround(0.7));
  });
});

it.each([
  { stride: 1, dilation: 1 },
  { stride: 2, dilation: 3 },
])("a convolution's weight gradient over many positions is exact: %j", ({ stride, dilation }) => {
  const [height, width] = [401, 419];
  const out = (size: number) => Math.floor((size + 2 - 2 * dilation - 1) / stride) + 1;
  const scale = stride === 1 ? 1 : 2;
  const [rows, columns] = [out(height * scale), out(width * scale)];
  const shape = [1, 2, height * scale, width * scale];
  const x = new NdArray(shape, positive(2 * shape.slice(2).reduce((a, b) => a * b, 1)));
  const dy = new NdArray([1, 1, rows, columns], positive(rows * columns, 5));
  const attrs = {
    stride: [stride, stride],
    padding: [
      [1, 1],
      [1, 1],
    ],
    dilation: [dilation, dilation],
    groups: 1,
    weightShape: [1, 2, 3, 3],
  };
  const [dw] = runFused("lit.ConvWeightGrad", { x, dy }, attrs);
  for (const [channel, i, j] of [
    [0, 0, 0],
    [1, 2, 1],
  ] as const) {
    let wanted = 0;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const [at, to] = [row * stride - 1 + i * dilation, column * stride - 1 + j * dilation];
        if (at >= 0 && to >= 0 && at < height * scale && to < width * scale)
          wanted += x.get([0, channel, at, to]) * dy.get([0, 0, row, column]);
      }
    }
    expectRelative(dw?.get([0, channel, i, j]), wanted);
  }
});

/** Numbers whose repeated addition drifts most. */
const EQUAL_TERMS = [0.1, 1 / 3, 0.7, Math.PI / 10, 0.9, 1.1, 0.013, 1.7].map(Math.fround);

/** The largest relative error of [rows, K] · [K, columns], the rows of equal numbers, times ones. */
function errorOfEqualTerms(
  length: number,
  rows: number,
  columns: number,
  [transposeA, transposeB]: readonly [boolean, boolean],
): number {
  const constants = Array.from({ length: rows }, (_, i) => EQUAL_TERMS[i % EQUAL_TERMS.length] ?? 1);
  const left = tf.tidy(() =>
    tf.tile(
      transposeA ? tf.tensor2d(constants, [1, rows]) : tf.tensor2d(constants, [rows, 1]),
      transposeA ? [length, 1] : [1, length],
    ),
  );
  const found = read(() =>
    tf.matMul(left, tf.ones<tf.Rank.R2>(transposeB ? [columns, length] : [length, columns]), transposeA, transposeB),
  );
  left.dispose();
  return Math.max(
    ...constants.flatMap((constant, i) =>
      Array.from({ length: columns }, (_, j) =>
        Math.abs((found[i * columns + j] ?? Number.NaN) / (constant * length) - 1),
      ),
    ),
  );
}

describe.each([33_000, 65_536, 200_003])("products of %i equal terms", (length) => {
  it.each([
    [64, 32],
    [8, 16],
    [2, 2],
  ] as const)(
    "of columns, as weight gradients are, drift by the terms of one short part: %i and %i",
    (rows, columns) => {
      expect(errorOfEqualTerms(length, rows, columns, [true, false])).toBeLessThan(rows === 2 ? 2e-6 : 1.4e-6);
    },
  );

  it.each([
    [1, 1, false, false],
    [1, 1, false, true],
    [1, 1, true, false],
    [1, 33, false, false],
    [1, 33, true, false],
    [33, 1, true, false],
    [33, 1, true, true],
  ] as const)(
    "of vectors are as exact as sums: %i and %i, transposed %s and %s",
    (rows, columns, transposeA, transposeB) => {
      expect(errorOfEqualTerms(length, rows, columns, [transposeA, transposeB])).toBeLessThan(1e-6);
    },
  );

  it.each([
    [false, false],
    [false, true],
    [true, true],
  ] as const)("of rows drift no further than their runs: transposed %s and %s", (...transposed) => {
    expect(errorOfEqualTerms(length, 24, 16, transposed)).toBeLessThan(8e-6);
  });
});

it.each([
  { space: [112, 112], groups: 3, form: "parts" },
  { space: [316, 316], groups: 2, form: "parts" },
  { space: [10_007], groups: 2, form: "a prime number of terms" },
  { space: [400, 401], groups: 1, form: "strips" },
])("a depthwise convolution's weight gradient of equal terms stays within 1e-6: $space, $form", ({ space, groups }) => {
  for (const constant of [Math.fround(0.1), Math.fround(0.7), Math.fround(1 / 3)]) {
    const size = space.reduce((product, extent) => product * extent, 1);
    const x = new NdArray([1, groups, ...space], new Float32Array(groups * size).fill(constant));
    const dy = new NdArray(x.shape, new Float32Array(groups * size).fill(1));
    const [dw] = runFused(
      "lit.ConvWeightGrad",
      { x, dy },
      {
        weightShape: [groups, 1, ...space.map(() => 3)],
        stride: space.map(() => 1),
        padding: space.map(() => [1, 1]),
        dilation: space.map(() => 1),
        groups,
      },
    );
    for (let group = 0; group < groups; group += 1) {
      const centre = dw?.get([group, 0, ...space.map(() => 1)]) ?? Number.NaN;
      expect(Math.abs(centre / (constant * size) - 1)).toBeLessThan(1e-6);
    }
  }
});

it.each([true, false])("means of large windows do not drift, padding counted: %s", (countIncludePad) => {
  const image = new NdArray([1, 2, 70, 50], new Float32Array(7000).fill(0.7));
  const attrs = {
    kernelSize: [32, 30],
    stride: [3, 2],
    padding: [
      [4, 1],
      [0, 7],
    ],
    countIncludePad,
  };
  const [means] = runFused("lit.AvgPool", { x: image }, attrs);
  const covered = (size: number, start: number, extent: number) => Math.min(start + extent, size) - Math.max(start, 0);
  for (const [row, column] of [
    [0, 0],
    [5, 4],
    [14, 13],
  ] as const) {
    const inside = covered(70, row * 3 - 4, 32) * covered(50, column * 2, 30);
    expectRelative(means?.get([0, 1, row, column]), Math.fround(0.7) * (countIncludePad ? inside / 960 : 1));
  }
});

it("columns of one element are summed as a row is", () => {
  for (const constant of EQUAL_TERMS)
    expectRelative(read(() => tf.sum(tf.fill([512, 1, 1], constant), 0))[0], constant * 512);
});
