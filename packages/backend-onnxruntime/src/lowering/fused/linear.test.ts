import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "./testing/expect-close.js";
import { indicesOf, NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";

beforeAll(useEngine);

describe("a linear layer", () => {
  it.each([
    { x: [4, 5], out: 3, bias: true, activation: "none" },
    { x: [4, 5], out: 3, bias: true, activation: "relu" },
    { x: [2, 3, 5], out: 4, bias: false, activation: "relu" },
    { x: [5], out: 3, bias: true, activation: "none" },
    { x: [300, 6], out: 200, bias: true, activation: "relu" },
    { x: [7, 5], out: 1, bias: true, activation: "none" },
    { x: [2, 3, 5], out: 1, bias: true, activation: "relu" },
    { x: [70_000, 2], out: 1, bias: true, activation: "relu" },
    { x: [0, 5], out: 1, bias: true, activation: "none" },
    { x: [2, 0], out: 1, bias: true, activation: "relu" },
    { x: [0, 5], out: 3, bias: true, activation: "relu" },
    { x: [2, 0], out: 3, bias: true, activation: "none" },
  ])(
    "multiplies $x by a weight with $out rows, bias: $bias, activation: $activation",
    ({ x: xShape, out, bias: hasBias, activation }) => {
      const random = new TestRandom(8);
      const features = xShape.at(-1) ?? 0;
      const [x, weight, bias] = [
        random.array(xShape),
        random.array([out, features]),
        hasBias ? random.array([out]) : undefined,
      ];
      const y = new NdArray([...xShape.slice(0, -1), out]);
      for (const index of y.indices()) {
        const row = index.slice(0, -1);
        const unit = index.at(-1) ?? 0;
        let sum = bias?.get([unit]) ?? 0;
        for (let feature = 0; feature < features; feature += 1)
          sum += x.get([...row, feature]) * weight.get([unit, feature]);
        y.add(index, activation === "relu" ? Math.max(0, sum) : sum);
      }
      expectClose(runFused("lit.Linear", { x, weight, bias }, { activation })[0], y);
    },
  );

  it.each([
    [
      [4, 5],
      [4, 3],
    ],
    [
      [2, 3, 5],
      [2, 3, 4],
    ],
    [[5], [3]],
    [
      [0, 5],
      [0, 3],
    ],
    [
      [512, 9],
      [512, 3],
    ],
  ])("has gradients in weight and bias for x %j and dy %j", (xShape, dyShape) => {
    const random = new TestRandom(9);
    const [x, dy] = [random.array(xShape), random.array(dyShape)];
    const [dweight, dbias] = [
      new NdArray([dyShape.at(-1) ?? 0, xShape.at(-1) ?? 0]),
      new NdArray([dyShape.at(-1) ?? 0]),
    ];
    for (const index of dy.indices()) {
      const unit = index.at(-1) ?? 0;
      dbias.add([unit], dy.get(index));
      for (let feature = 0; feature < (xShape.at(-1) ?? 0); feature += 1)
        dweight.add([unit, feature], dy.get(index) * x.get([...index.slice(0, -1), feature]));
    }
    const received = runFused("lit.LinearWeightGrad", { x, dy });
    expectClose(received[0], dweight);
    expectClose(received[1], dbias);
  });

  it("names the shapes when they do not fit", () => {
    const random = new TestRandom(1);
    expect(() =>
      runFused("lit.Linear", { x: random.array([2, 4]), weight: random.array([3, 5]) }, { activation: "none" }),
    ).toThrow(/Expected \[\.\.\., 5\].*Received \[2, 4\]/);
  });
});

describe("a matrix product", () => {
  it.each([
    { a: [3, 4], b: [4, 5], transposeA: false, transposeB: false, alpha: 1 },
    { a: [4, 3], b: [5, 4], transposeA: true, transposeB: true, alpha: 0.5 },
    { a: [2, 3, 4], b: [4, 5], transposeA: false, transposeB: false, alpha: 2 },
    { a: [3, 4], b: [4, 1], transposeA: false, transposeB: false, alpha: 0.5 },
    { a: [2, 3, 4], b: [4, 1], transposeA: false, transposeB: false, alpha: 1 },
    { a: [2, 3, 4], b: [1, 1, 4], transposeA: false, transposeB: true, alpha: 1 },
    { a: [2, 1, 3, 4], b: [6, 4, 1], transposeA: false, transposeB: false, alpha: 1 },
    { a: [3, 4], b: [1, 2, 4, 1], transposeA: false, transposeB: false, alpha: 1 },
    { a: [3, 4], b: [1, 1, 4, 1], transposeA: false, transposeB: false, alpha: 1 },
    { a: [4, 3], b: [4, 1], transposeA: true, transposeB: false, alpha: 1 },
    { a: [2, 1, 3, 4], b: [6, 5, 4], transposeA: false, transposeB: true, alpha: -1 },
    { a: [2, 4, 3], b: [2, 4, 5], transposeA: true, transposeB: false, alpha: 1 },
    { a: [4, 3], b: [2, 4, 5], transposeA: true, transposeB: false, alpha: 1 },
    { a: [2, 0, 4], b: [2, 4, 5], transposeA: false, transposeB: false, alpha: 1 },
    { a: [2, 3, 0], b: [2, 0, 5], transposeA: false, transposeB: false, alpha: 1 },
  ])(
    "of $a and $b, transposed: $transposeA and $transposeB",
    ({ a: aShape, b: bShape, transposeA, transposeB, alpha }) => {
      const random = new TestRandom(10);
      const [a, b] = [random.array(aShape), random.array(bShape)];
      const [result] = runFused("lit.MatMul", { a, b }, { transposeA, transposeB, alpha });
      const rank = Math.max(aShape.length, bShape.length);
      const batch = Array.from({ length: rank - 2 }, (_, axis) =>
        Math.max(aShape[axis - rank + aShape.length] ?? 1, bShape[axis - rank + bShape.length] ?? 1),
      );
      const inner = aShape.at(transposeA ? -2 : -1) ?? 0;
      const expected = new NdArray([
        ...batch,
        aShape.at(transposeA ? -1 : -2) ?? 0,
        bShape.at(transposeB ? -2 : -1) ?? 0,
      ]);
      const at = (array: NdArray, batchIndex: readonly number[], row: number, column: number) => {
        const own = array.shape.slice(0, -2);
        const leading = own.map((size, axis) =>
          size === 1 ? 0 : (batchIndex[axis - own.length + batchIndex.length] ?? 0),
        );
        return array.get([...leading, row, column]);
      };
      for (const index of indicesOf(expected.shape)) {
        const [row = 0, column = 0] = index.slice(-2);
        for (let k = 0; k < inner; k += 1) {
          const left = transposeA ? at(a, index.slice(0, -2), k, row) : at(a, index.slice(0, -2), row, k);
          const right = transposeB ? at(b, index.slice(0, -2), column, k) : at(b, index.slice(0, -2), k, column);
          expected.add(index, alpha * left * right);
        }
      }
      expectClose(result, expected);
    },
  );
});

describe("the gradient of an embedding", () => {
  it.each([-1, 2])("adds rows at their indices, padding index %i", (paddingIndex) => {
    const random = new TestRandom(11);
    const indices = [3, 0, 3, 2, 1, 3];
    const dy = random.array([2, 3, 4]);
    const expected = new NdArray([5, 4]);
    for (const [batch = 0, place = 0, column = 0] of dy.indices()) {
      const row = indices[batch * 3 + place] ?? 0;
      if (row !== paddingIndex) expected.add([row, column], dy.get([batch, place, column]));
    }
    expectClose(
      runFused("lit.EmbeddingGrad", { dy, indices: { int32: indices, shape: [2, 3] } }, { rows: 5, paddingIndex })[0],
      expected,
    );
  });
});
